import { createStore } from './store.ts'

/** What the desk should be sounding. `lost` (connection) overrides all: an operator must not trust a silent desk. */
export type Tone = 'emergency' | 'offer' | 'help' | 'lost' | 'none'

const MUTED_KEY = 'anhu.muted'
export const soundState = createStore<{ unlocked: boolean; muted: boolean }>({
  unlocked: false,
  muted: localStorage.getItem(MUTED_KEY) === '1',
})

const EVERY_MS: Record<Exclude<Tone, 'none'>, number> = { emergency: 1600, offer: 3000, lost: 4000, help: 8000 }

let context: AudioContext | undefined
let tone: Tone = 'none'
let timer: ReturnType<typeof setInterval> | undefined

/** Must run inside a user gesture (browsers' autoplay rule): signing in, a click, a key. */
export async function unlockSound(): Promise<void> {
  context ??= new AudioContext()
  if (context.state !== 'running') await context.resume()
  soundState.set({ ...soundState.get(), unlocked: context.state === 'running' })
}

export function setMuted(muted: boolean): void {
  localStorage.setItem(MUTED_KEY, muted ? '1' : '0')
  soundState.set({ ...soundState.get(), muted })
}

/** Sounds every tone once, whether muted or not: operators test the desk each shift. */
export async function testSound(): Promise<void> {
  await unlockSound()
  beep([880, 660, 880, 660], 0, 0.14, 0.25)
  beep([523, 659], 1.2, 0.2, 0.12)
}

/** Once: something is wrong with the platform itself. */
export function alertOnce(): void {
  if (!soundState.get().muted) beep([330, 220, 330, 220], 0, 0.3, 0.25)
}

/** Starts, changes or ends the repeating tone. */
export function setTone(next: Tone): void {
  if (next === tone) return
  tone = next
  clearInterval(timer)
  timer = undefined
  if (next === 'none') return
  sound()
  timer = setInterval(sound, EVERY_MS[next])
}

function sound(): void {
  if (soundState.get().muted) return
  // Two-tone high and fast for an emergency, a soft rising pair for help, a low falling pair for a lost connection.
  if (tone === 'emergency') beep([880, 660, 880, 660], 0, 0.14, 0.25)
  if (tone === 'offer') beep([523, 659, 784], 0, 0.14, 0.16)
  if (tone === 'help') beep([523, 659], 0, 0.2, 0.1)
  if (tone === 'lost') beep([330, 220], 0, 0.35, 0.2)
}

/** @param start seconds from now @param each seconds per note @param volume 0…1 */
function beep(notes: number[], start: number, each: number, volume: number): void {
  if (context?.state !== 'running') return
  const at = context.currentTime + start
  notes.forEach((hertz, index) => {
    if (!context) return
    const oscillator = context.createOscillator()
    const gain = context.createGain()
    const begin = at + index * each
    oscillator.type = 'triangle'
    oscillator.frequency.value = hertz
    // A short attack and release: a hard edge is heard as a click.
    gain.gain.setValueAtTime(0, begin)
    gain.gain.linearRampToValueAtTime(volume, begin + 0.015)
    gain.gain.setValueAtTime(volume, begin + each - 0.03)
    gain.gain.linearRampToValueAtTime(0, begin + each)
    oscillator.connect(gain).connect(context.destination)
    oscillator.start(begin)
    oscillator.stop(begin + each)
  })
}
