import type { TerminalWord } from '../../../server/contract/voice.ts'
import type { Language } from '../settings.ts'

/** What the terminal gives to the part that talks, which is loaded when the first call comes. */
export interface VoiceHost {
  /** Where its screen goes. */
  place: HTMLElement
  send(word: TerminalWord): void
  /**
   * Whether the terminal itself knows of a press or a fall here that is not over, whatever the platform says: without one
   * nobody is heard before a tap.
   */
  mayAnswer(caseId: string): boolean
  language(): Language
  ring(seconds: number): void
  hush(): void
  say(text: string, times: number): void
  /** A call begins, or is over. */
  onActive(isActive: boolean): void
}

export interface VoicePart {
  heard(payload: string): void
}

declare global {
  interface Window {
    /** Put there by the part's script. */
    anhuVoice?: (host: VoiceHost) => VoicePart
  }
}
