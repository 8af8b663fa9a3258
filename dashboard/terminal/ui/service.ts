import { DIM_LEVELS, LANGUAGES, type Settings } from '../settings.ts'
import { CHECKS, type CheckName, type Words } from '../words/words.ts'
import { el, fill, setAttribute, setText } from './dom.ts'
import { type LoginChange, loginForm } from './form.ts'

export interface ServiceActions {
  change(settings: Partial<Settings>): void
  test(): void
  volume(): void
  fullScreen(): void
  askForLocation(): Promise<boolean>
  askForMicrophone(): Promise<boolean>
  close(): void
}

/** What the installer sees changing. */
export interface ServiceFacts {
  checks: Record<CheckName, boolean>
  /** Null: none was sent; false: on its way; else when it was stored. */
  test: string | false | null
  waiting: number
  version: string
}

const LANGUAGE_NAMES = { 'zh-CN': '中文', en: 'English' } as const

/** First steps: nothing but the login. */
export function setupPage(
  settings: Settings,
  words: Words,
  change: ServiceActions['change'],
  onLanguage: (language: Settings['language']) => void,
): HTMLElement {
  const { service } = words
  return el(
    'div',
    { class: 'page setup', 'data-testid': 'setup' },
    el('h1', {}, service.setup),
    choices(LANGUAGES, settings.language, (language) => LANGUAGE_NAMES[language], onLanguage),
    el('p', {}, service.setupLine),
    loginForm(settings, service, change),
  )
}

/** "This is not for you": the door of the service page. */
export function servicePrompt(words: Words, onYes: () => void, onNo: () => void): HTMLElement {
  const { service } = words
  return el(
    'div',
    { class: 'page prompt', role: 'alertdialog', 'data-testid': 'service-prompt' },
    el('h1', {}, service.confirm),
    el(
      'div',
      { class: 'actions' },
      action(service.no, 'service-no', onNo, true),
      action(service.yes, 'service-yes', onYes),
    ),
  )
}

/** The installer's page. `update` is called whenever a fact may have changed. */
export function servicePage(
  settings: Settings,
  words: Words,
  actions: ServiceActions,
): { element: HTMLElement; update(facts: ServiceFacts): void } {
  const { service } = words
  const said = el('p', { class: 'said', 'aria-live': 'polite', 'data-testid': 'service-said' })
  const waiting = el('p')
  const version = el('p', { class: 'version' })
  const list = el('ul', { class: 'checks' })
  let wasTestShown = false
  const element = el(
    'div',
    { class: 'page service', 'data-testid': 'service' },
    el(
      'div',
      { class: 'head' },
      el('h1', {}, service.title),
      action(service.back, 'service-back', actions.close, true),
    ),
    el('h2', {}, service.checks),
    list,
    waiting,
    el(
      'div',
      { class: 'actions' },
      action(service.test, 'service-test', () => {
        wasTestShown = true
        actions.test()
      }),
      action(service.volume, 'service-volume', () => {
        wasTestShown = false
        setText(said, service.volumeLine)
        actions.volume()
      }),
      action(service.fullScreen, 'service-full-screen', actions.fullScreen),
      action(service.location, 'service-location', () => {
        wasTestShown = false
        void actions.askForLocation().then((isGiven) => setText(said, isGiven ? service.locationGiven : '✗'))
      }),
      action(service.microphone, 'service-microphone', () => {
        wasTestShown = false
        void actions
          .askForMicrophone()
          .then((isGiven) => setText(said, isGiven ? service.microphoneGiven : service.checkHelp.microphone))
      }),
    ),
    said,
    el('h2', {}, service.language),
    choices(
      LANGUAGES,
      settings.language,
      (language) => LANGUAGE_NAMES[language],
      (language) => actions.change({ language }),
    ),
    el('h2', {}, service.dim),
    choices(
      DIM_LEVELS,
      settings.dim,
      (level) => service.dimLevels[level],
      (dim) => actions.change({ dim }),
    ),
    el('h2', {}, service.login),
    loginForm(settings, service, (change: LoginChange) => {
      actions.change(change)
      actions.close()
    }),
    version,
  )
  return {
    element,
    update({ checks, test, waiting: count, version: name }) {
      fill(list, ...CHECKS.map((check) => checkItem(check, checks[check], words)))
      if (wasTestShown) setText(said, test ? service.testStored(test) : service.testSending)
      setText(waiting, count === 0 ? '' : service.waiting(count))
      setText(version, `${service.version} ${name} · ${settings.deviceId}`)
    },
  }
}

function checkItem(check: CheckName, isGood: boolean, { service }: Words): HTMLElement {
  const help = isGood ? '' : service.checkHelp[check]
  return el(
    'li',
    { 'data-good': String(isGood), 'data-testid': `check-${check}` },
    el('b', {}, isGood ? '✓ ' : '✗ ', service.checkNames[check]),
    el('small', {}, help),
  )
}

function action(text: string, id: string, onClick: () => void, isPrimary = false): HTMLElement {
  const button = el(
    'button',
    { type: 'button', class: isPrimary ? 'action primary' : 'action', 'data-testid': id },
    text,
  )
  button.addEventListener('click', onClick)
  return button
}

function choices<Value extends string>(
  values: readonly Value[],
  chosen: Value,
  nameOf: (value: Value) => string,
  onChoose: (value: Value) => void,
): HTMLElement {
  const buttons = values.map((value) => {
    const button = action(nameOf(value), `choice-${value}`, () => {
      for (const other of buttons) setAttribute(other, 'aria-pressed', String(other === button))
      onChoose(value)
    })
    button.setAttribute('aria-pressed', String(value === chosen))
    return button
  })
  return el('div', { class: 'actions choices' }, ...buttons)
}
