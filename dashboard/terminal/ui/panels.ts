import type { Settings } from '../settings.ts'
import type { Words } from '../words/words.ts'
import { fill } from './dom.ts'
import { type ServiceActions, type ServiceFacts, servicePage, servicePrompt, setupPage } from './service.ts'

/** What lies over the keys. */
type PanelName = 'setup' | 'prompt' | 'service'

/** A prompt nobody answers, and a service page somebody forgot, go by themselves. Ms. */
const PROMPT_MS = 15_000
const SERVICE_MS = 300_000

/** The set-up form and the service page: at most one of them, on top of everything. */
export class Panels {
  readonly #place: HTMLElement
  readonly #actions: Omit<ServiceActions, 'close'>
  #shown: PanelName | null = null
  #language: Settings['language'] | null = null
  #update: ((facts: ServiceFacts) => void) | null = null
  #touchedAt = 0

  constructor(place: HTMLElement, actions: Omit<ServiceActions, 'close'>) {
    this.#place = place
    this.#actions = actions
    place.addEventListener('input', () => this.touch())
    place.addEventListener('pointerdown', () => this.touch())
  }

  get isOpen(): boolean {
    return this.#shown !== null
  }

  touch(): void {
    this.#touchedAt = performance.now()
  }

  setup(settings: Settings, words: Words): void {
    if (this.#shown === 'setup') return
    const { change } = this.#actions
    const page = setupPage(settings, words, change, (language) => {
      this.close()
      change({ language })
    })
    this.#open('setup', page)
  }

  prompt(settings: () => Settings, words: () => Words): void {
    const page = servicePrompt(
      words(),
      () => this.service(settings(), words()),
      () => this.close(),
    )
    this.#open('prompt', page)
  }

  service(settings: Settings, words: Words): void {
    const { element, update } = servicePage(settings, words, { ...this.#actions, close: () => this.close() })
    this.#open('service', element)
    this.#language = settings.language
    this.#update = update
  }

  /** The language was changed on the service page itself. */
  translate(settings: Settings, words: Words): void {
    if (this.#shown === 'service' && this.#language !== settings.language) this.service(settings, words)
  }

  /** Called every second. */
  refresh(facts: () => ServiceFacts): void {
    const quietMs = performance.now() - this.#touchedAt
    if (this.#shown === 'prompt' && quietMs > PROMPT_MS) this.close()
    if (this.#shown === 'service' && quietMs > SERVICE_MS) this.close()
    this.#update?.(facts())
  }

  closeIf(name: PanelName): void {
    if (this.#shown === name) this.close()
  }

  close(): void {
    if (this.#shown === null) return
    this.#shown = null
    this.#update = null
    this.#place.hidden = true
    fill(this.#place)
  }

  #open(name: PanelName, page: HTMLElement): void {
    this.close()
    this.#shown = name
    this.touch()
    fill(this.#place, page)
    this.#place.hidden = false
  }
}
