import { AT_REST, HOLD_MS, type Hold, type HoldInput, held } from '../hold.ts'

export interface HoldKeyOptions {
  element: HTMLElement
  /** How long a press is, ms. */
  holdMs?: number
  onPress(): void
  onSlip?(): void
  /** The finger is down: for waking the screen, a short buzz. */
  onDown?(): void
}

export interface HoldKey {
  /** As if a finger were on the key; for the keyboard. */
  press(at: number): void
  release(at: number): void
  /** Forgets the hold: another key was chosen. */
  abort(): void
  readonly isDown: boolean
}

/** A click without a finger comes from a screen reader; Chrome sends one after keys and touches too. Ms. */
const AFTER_TOUCH_MS = 1_500

/** Binds the long press of `hold.ts` to an element. Fingers are counted, so that several make one hold. */
export function holdKey({ element, holdMs = HOLD_MS, onPress, onSlip, onDown }: HoldKeyOptions): HoldKey {
  let hold: Hold = AT_REST
  let timer: ReturnType<typeof setTimeout> | undefined
  let touchedAt = Number.NEGATIVE_INFINITY
  const fingers = new Set<number>()

  const apply = (input: HoldInput, at: number) => {
    const next = held(hold, input, at, holdMs)
    hold = next.hold
    element.classList.toggle('held', hold.since !== null && !hold.hasFired)
    clearTimeout(timer)
    // A millisecond more: timers may come a fraction early.
    if (next.dueIn !== null) timer = setTimeout(() => apply('check', performance.now()), next.dueIn + 1)
    if (next.outcome === 'press') onPress()
    if (next.outcome === 'slip') onSlip?.()
  }
  const press = (at: number) => {
    touchedAt = at
    onDown?.()
    apply('down', at)
  }
  const release = (at: number) => {
    touchedAt = at
    apply('up', at)
  }
  const lift = ({ pointerId, timeStamp }: PointerEvent) => {
    if (fingers.delete(pointerId) && fingers.size === 0) release(timeStamp)
  }

  element.style.setProperty('--hold', `${holdMs}ms`)
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    // A finger may slide off the key; it is still the same hold.
    element.setPointerCapture(event.pointerId)
    fingers.add(event.pointerId)
    if (fingers.size === 1) press(event.timeStamp)
  })
  element.addEventListener('pointerup', lift)
  element.addEventListener('pointercancel', lift)
  element.addEventListener('lostpointercapture', lift)
  element.addEventListener('contextmenu', (event) => event.preventDefault())
  element.addEventListener('dragstart', (event) => event.preventDefault())
  // Older Safari knows no `touch-action`.
  element.addEventListener('touchstart', (event) => event.cancelable && event.preventDefault(), { passive: false })
  element.addEventListener('click', (event) => {
    // A screen reader's double tap has no finger on the key: it is deliberate enough.
    if (event.timeStamp - touchedAt > AFTER_TOUCH_MS) onPress()
  })
  return {
    press,
    release,
    abort: () => {
      fingers.clear()
      apply('abort', performance.now())
    },
    get isDown() {
      return hold.since !== null && !hold.hasFired
    },
  }
}
