/** Tones, for those who can't hear words and for devices without a voice. */
export type Tone = 'press' | 'step' | 'end'

/** Hz and ms, one after the other. */
const TONES: Record<Tone, readonly (readonly [hz: number, ms: number])[]> = {
  press: [[880, 160]],
  step: [
    [660, 160],
    [880, 260],
  ],
  end: [
    [880, 160],
    [660, 160],
    [523, 320],
  ],
}
const BUZZ: Record<Tone, number[]> = { press: [200], step: [150, 100, 150], end: [400] }
const RING: readonly (readonly [hz: number, ms: number])[] = [
  [988, 220],
  [784, 220],
  [988, 220],
  [784, 220],
]
const RING_EVERY_MS = 1_600

/** The loudspeaker and the vibration. */
export class Sounds {
  #context: AudioContext | null = null
  #ringing: ReturnType<typeof setInterval> | undefined
  #ringEnd: ReturnType<typeof setTimeout> | undefined

  /** Browsers let a page sound only after a touch: to be called at each. */
  unlock(): void {
    if (typeof AudioContext === 'undefined') return
    this.#context ??= new AudioContext()
    // Refused, the next touch asks again; until then the words on the screen and the voice say it.
    if (this.#context.state !== 'running') void this.#context.resume().catch(() => undefined)
  }

  play(tone: Tone): void {
    buzz(BUZZ[tone])
    this.#notes(TONES[tone])
  }

  /** Rings for so many seconds, or until `hush`. */
  ring(seconds: number): void {
    this.hush()
    const once = () => {
      buzz([400, 200, 400])
      this.#notes(RING)
    }
    once()
    this.#ringing = setInterval(once, RING_EVERY_MS)
    this.#ringEnd = setTimeout(() => this.hush(), seconds * 1000)
  }

  hush(): void {
    clearInterval(this.#ringing)
    clearTimeout(this.#ringEnd)
  }

  #notes(notes: readonly (readonly [number, number])[]): void {
    const context = this.#context
    if (context === null || context.state !== 'running') return
    let at = context.currentTime + 0.02
    for (const [hz, ms] of notes) {
      const oscillator = context.createOscillator()
      const volume = context.createGain()
      oscillator.frequency.value = hz
      volume.gain.setValueAtTime(0.9, at)
      volume.gain.exponentialRampToValueAtTime(0.01, at + ms / 1000)
      oscillator.connect(volume)
      volume.connect(context.destination)
      oscillator.start(at)
      oscillator.stop(at + ms / 1000)
      at += ms / 1000
    }
  }
}

/** Vibrates where the device can, and the person has touched the page. */
function buzz(pattern: number[]): void {
  if ('vibrate' in navigator) navigator.vibrate(pattern)
}
