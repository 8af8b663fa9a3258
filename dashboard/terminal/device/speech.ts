import type { Language } from '../settings.ts'

/** Old ears want it slow. */
const RATE = 0.85
/** Chrome swallows what is said right behind a cancel. */
const AFTER_CANCEL_MS = 80
/** From the end of a sentence to its repetition. */
const PAUSE_MS = 1_500
/** How long a sentence takes at the most for which we wait to repeat it; some engines never tell the end. */
const LONGEST_MS = 20_000

/** The voice. Says the newest only: what came before is no longer true. */
export class Voice {
  readonly #engine: SpeechSynthesis | null
  #turn = 0
  #last: SpeechSynthesisUtterance | null = null

  constructor(engine: SpeechSynthesis | null) {
    this.#engine = engine
  }

  /** True when there is a voice for the language. */
  canSpeak(language: Language): boolean {
    return this.#engine !== null && voicesOf(this.#engine, language).length > 0
  }

  /** Speaks, and once more: who is frightened hears the first half only. */
  say(text: string, language: Language, times = 2): void {
    const turn = this.#begin()
    setTimeout(() => this.#speak(turn, text, language, times), AFTER_CANCEL_MS)
  }

  hush(): void {
    this.#begin()
  }

  #begin(): number {
    this.#engine?.cancel()
    this.#turn += 1
    return this.#turn
  }

  #speak(turn: number, text: string, language: Language, times: number): void {
    const engine = this.#engine
    if (engine === null || turn !== this.#turn || times <= 0) return
    const utterance = new SpeechSynthesisUtterance(text)
    utterance.lang = language === 'en' ? 'en-US' : language
    utterance.rate = RATE
    utterance.volume = 1
    const voice = voiceFor(engine, language)
    if (voice !== null) utterance.voice = voice
    let isOver = false
    const again = () => {
      if (isOver) return
      isOver = true
      setTimeout(() => this.#speak(turn, text, language, times - 1), PAUSE_MS)
    }
    utterance.onend = again
    if (times > 1) setTimeout(again, LONGEST_MS)
    // Held, or Chrome collects it before its end is told.
    this.#last = utterance
    // Some Android versions come back from a pause of the page with a paused voice.
    engine.resume()
    engine.speak(this.#last)
  }
}

const voicesOf = (engine: SpeechSynthesis, language: Language): SpeechSynthesisVoice[] =>
  engine.getVoices().filter(({ lang }) => lang.toLowerCase().indexOf(language.slice(0, 2)) === 0)

/** A voice on the device itself; null leaves the choice to the browser, which may need the network for it. */
function voiceFor(engine: SpeechSynthesis, language: Language): SpeechSynthesisVoice | null {
  const local = voicesOf(engine, language).filter(({ localService }) => localService)
  return local.find(({ lang }) => lang.replace('_', '-').indexOf(language) === 0) ?? local[0] ?? null
}
