import { el, fill, setAttribute, setText } from '../ui/dom.ts'
import { type SymbolName, symbol } from '../ui/symbols.ts'
import type { VoiceWords } from './words.ts'

export type Phase = 'ringing' | 'starting' | 'talking' | 'over'

export interface Shown {
  phase: Phase
  word: string
  /** Below it, one under the other. */
  lines: readonly string[]
  isMuted: boolean
}

export interface ScreenEvents {
  onTake(): void
  onDecline(): void
  onMute(): void
  onTurn(by: 1 | -1): void
  onHangUp(): void
}

/** The full screen of a call, above all but the two keys. Made anew when the phase changes, else changed in place. */
export function createScreen(place: HTMLElement, events: ScreenEvents) {
  const word = el('h1', { class: 'voice-word', 'data-testid': 'voice-word' })
  const lines = el('div', { class: 'voice-lines', role: 'status', 'data-testid': 'voice-lines' })
  const mute = button('voice-mute', 'voice-key', events.onMute)
  let phase: Phase | null = null

  const keysOf = (shown: Phase, words: VoiceWords): HTMLElement[] => {
    switch (shown) {
      case 'ringing':
        return [
          named(button('voice-take', 'voice-key voice-take', events.onTake), words.take),
          named(button('voice-decline', 'voice-key', events.onDecline), words.decline),
        ]
      case 'starting':
      case 'talking':
        return [
          mute,
          named(
            button('voice-softer', 'voice-key', () => events.onTurn(-1)),
            words.softer,
          ),
          named(
            button('voice-louder', 'voice-key', () => events.onTurn(1)),
            words.louder,
          ),
          named(button('voice-hang-up', 'voice-key voice-end', events.onHangUp), words.hangUp),
        ]
      case 'over':
        return []
    }
  }
  const signs: Record<Phase, SymbolName> = { ringing: 'ring', starting: 'phone', talking: 'phone', over: 'closed' }

  return {
    show(shown: Shown, words: VoiceWords): void {
      setText(word, shown.word)
      fill(lines, ...shown.lines.map((line) => el('p', {}, line)))
      setText(mute, shown.isMuted ? words.unmute : words.mute)
      setAttribute(mute, 'aria-pressed', String(shown.isMuted))
      setAttribute(place, 'data-phase', shown.phase)
      if (phase === shown.phase) return
      phase = shown.phase
      const sign = el('div', { class: 'voice-sign' })
      sign.appendChild(symbol(signs[phase]))
      const told = el('div', { class: 'voice-told' }, sign, el('div', { class: 'voice-text' }, word, lines))
      fill(place, told, el('div', { class: 'voice-keys' }, ...keysOf(phase, words)))
      place.hidden = false
    },
    /** How loud the desk is, for whoever looks. */
    level(heard: number): void {
      setAttribute(place, 'data-heard', heard.toFixed(4))
    },
    hide(): void {
      phase = null
      place.hidden = true
      fill(place)
    },
  }
}

function button(id: string, name: string, onClick: () => void): HTMLButtonElement {
  const element = el('button', { type: 'button', class: name, 'data-testid': id })
  element.addEventListener('click', onClick)
  return element
}

function named(element: HTMLButtonElement, text: string): HTMLButtonElement {
  setText(element, text)
  return element
}
