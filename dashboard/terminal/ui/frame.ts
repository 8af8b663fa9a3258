import type { View } from '../view.ts'
import type { Words } from '../words/words.ts'
import { el, fill, setAttribute, setHidden, setText } from './dom.ts'
import { type HoldKey, holdKey } from './hold-key.ts'
import { bindKeyboard } from './keyboard.ts'
import { ring, type SymbolName, symbol } from './symbols.ts'

export interface FrameEvents {
  onPress(key: 'sos' | 'help'): void
  onCancel(): void
  onSlip(): void
  onUnderstood(): void
  /** A finger anywhere. */
  onTouch(): void
  /** The clock was held for five seconds. */
  onService(): void
}

export interface Frame {
  show(view: View, words: Words): void
  /** Words for a screen reader, as they are spoken. */
  announce(text: string): void
  /** Where forms and the service page go. */
  panel: HTMLElement
  /** Where the screen of a talk goes. */
  voice: HTMLElement
}

const SERVICE_HOLD_MS = 5_000

/**
 * The page: made once, then changed in place, so that a key that is being held is never taken from under the finger. The
 * red key is the same element in every state.
 */
export function createFrame(root: HTMLElement, events: FrameEvents): Frame {
  const clock = el('button', { type: 'button', class: 'clock', 'data-testid': 'clock' })
  const time = clock.appendChild(el('span', { class: 'time' }))
  const weekday = clock.appendChild(el('span', { class: 'weekday' }))
  const status = el('p', { class: 'status', 'data-testid': 'status' })
  const stage = createStage()
  const red = createKey('sos', 'sos')
  const green = createKey('help', 'help')
  const cancel = createKey('cancel', 'cancelled')
  const understood = createKey('understood', 'received')
  const strip = el('p', { class: 'strip', 'data-testid': 'strip' })
  const live = el('p', { class: 'unseen', 'aria-live': 'assertive', 'data-testid': 'announced' })
  const panel = el('section', { class: 'panel', hidden: true })
  const voice = el('section', { class: 'voice', hidden: true, 'data-testid': 'voice' })
  const keys = el('div', { class: 'keys' }, red.element, green.element, cancel.element, understood.element)
  fill(root, el('header', { class: 'top' }, clock, status), stage.element, keys, strip, live, voice, panel)

  const redKey: HoldKey = holdKey({
    element: red.element,
    onPress: () => {
      for (const other of others) other.abort()
      events.onPress('sos')
    },
    onSlip: events.onSlip,
    onDown: () => {
      for (const other of others) other.abort()
    },
  })
  /** A palm on both keys means the red one. */
  const beside = (element: HTMLElement, onPress: () => void): HoldKey =>
    holdKey({
      element,
      onPress: () => {
        if (!redKey.isDown) onPress()
      },
      onSlip: () => {
        if (!redKey.isDown) events.onSlip()
      },
    })
  const greenKey = beside(green.element, () => events.onPress('help'))
  const cancelKey = beside(cancel.element, events.onCancel)
  const others = [greenKey, cancelKey]
  understood.element.addEventListener('click', events.onUnderstood)
  holdKey({ element: clock, holdMs: SERVICE_HOLD_MS, onPress: events.onService })
  bindKeyboard(redKey, [
    { element: green.element, key: greenKey },
    { element: cancel.element, key: cancelKey },
  ])
  // The focus is drawn for those who work with keys.
  const touched = (isKeyboard: boolean) => () => {
    document.documentElement.classList.toggle('by-keyboard', isKeyboard)
    events.onTouch()
  }
  window.addEventListener('pointerdown', touched(false), true)
  window.addEventListener('keydown', touched(true), true)

  return {
    panel,
    voice,
    announce: (text) => setText(live, text),
    show(view, words) {
      for (const [name, value] of Object.entries({
        'data-screen': view.screen,
        'data-layout': (view.screen === 'home' || view.screen === 'setup') && !view.isInVoice ? 'keys' : 'told',
        'data-tone': view.tone,
        'data-dim': String(view.isDim),
        'data-online': String(view.isOnline),
      })) {
        setAttribute(root, name, value)
      }
      setText(time, view.time)
      setText(weekday, view.weekday)
      showStatus(status, view.status)
      stage.show(view, words)
      red.show(words.keys.sos.word, view.redHint)
      green.show(words.keys.help.word, words.keys.help.hint)
      cancel.show(words.cancel.word, words.cancel.hint)
      understood.show(view.screen === 'elsewhere' ? words.elsewhere.here : words.understood, '')
      for (const [key, name] of [
        [green, 'help'],
        [cancel, 'cancel'],
        [understood, 'understood'],
      ] as const) {
        setHidden(key.element, view.right !== name)
      }
      setText(strip, view.strip.text)
      setAttribute(strip, 'data-tone', view.strip.tone)
    },
  }
}

function showStatus(place: HTMLElement, { name, link, battery }: View['status']): void {
  const shown = [name, link, battery].join('\n')
  if (place.getAttribute('data-shown') === shown) return
  place.setAttribute('data-shown', shown)
  const parts: HTMLElement[] = []
  if (name !== '') parts.push(el('span', { class: 'name' }, `${name} · `))
  parts.push(el('span', {}, link))
  if (battery !== '') parts.push(el('span', { class: 'battery' }, ` · ${battery}`))
  fill(place, ...parts)
}

function createKey(name: string, sign: SymbolName) {
  const word = el('span', { class: 'word' })
  const hint = el('span', { class: 'hint' })
  const signs = el('span', { class: 'signs' })
  signs.appendChild(symbol(sign))
  const face = el('span', { class: 'face' }, signs, el('span', { class: 'text' }, word, hint))
  face.insertBefore(ring(), face.firstChild)
  const element = el('button', { type: 'button', class: `key key-${name}`, 'data-testid': `key-${name}` }, face)
  return {
    element,
    show(text: string, more: string) {
      setText(word, text)
      setText(hint, more)
    },
  }
}

function createStage() {
  const sign = el('div', { class: 'sign' })
  const word = el('h1', { class: 'big', 'data-testid': 'answer' })
  const line = el('p', { class: 'line', 'data-testid': 'answer-line' })
  const elapsed = el('p', { class: 'elapsed' })
  const advice = el('p', { class: 'advice' })
  const phone = el('a', { class: 'phone', 'data-testid': 'phone' })
  const phoneText = el('span')
  const number = el('span', { class: 'number' })
  phone.appendChild(symbol('phone'))
  phone.appendChild(el('span', {}, phoneText, ' ', number))
  const steps = el('ol', { class: 'steps' })
  const told = el('div', { class: 'told' }, word, line, el('div', { class: 'small' }, elapsed, advice), phone)
  const element = el('main', { class: 'stage' }, el('div', { class: 'message' }, sign, told), steps)
  let shownSign = ''
  let shownSteps = ''
  return {
    element,
    show(view: View, words: Words) {
      if (view.tone !== shownSign) fill(sign, symbol(view.tone))
      shownSign = view.tone
      setText(word, view.word)
      setAttribute(element, 'data-length', lengthOf(view.word))
      setText(line, view.line)
      setText(elapsed, view.elapsed ?? '')
      setText(advice, view.advice ?? '')
      setHidden(phone, view.phone === null)
      setText(phoneText, words.callPhone)
      setText(number, view.phone ?? '')
      setAttribute(phone, 'href', `tel:${(view.phone ?? '').replace(/[^+0-9]/g, '')}`)
      const key = JSON.stringify(view.steps)
      if (key !== shownSteps) fill(steps, ...view.steps.map(stepItem))
      shownSteps = key
    },
  }
}

/** Short words are written larger; a Chinese character is as wide as two letters. */
function lengthOf(text: string): 'short' | 'medium' | 'long' | 'endless' {
  const width = Array.from(text).reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0)
  if (width <= 12) return 'short'
  if (width <= 30) return 'medium'
  return width <= 90 ? 'long' : 'endless'
}

function stepItem({ tone, word, progress }: View['steps'][number]): HTMLElement {
  const dot = el('span', { class: 'dot' })
  dot.appendChild(symbol(progress === 'done' ? 'received' : tone))
  return el('li', { 'data-progress': progress }, dot, el('span', { class: 'step-word' }, word))
}
