import type { HoldKey } from './hold-key.ts'

/** Keys that are the red key wherever they are pressed: USB buttons send one of these. */
const RED = ['F1', 'Enter', ' ']

/**
 * Holding F1, Enter or the space bar holds the red key; while another key has the keyboard's focus, Enter and space hold
 * that one. Typing in a form is left alone, but F1 is red even there.
 */
export function bindKeyboard(red: HoldKey, others: readonly { element: HTMLElement; key: HoldKey }[]): void {
  const down = new Map<string, HoldKey>()
  const targetOf = (event: KeyboardEvent): HoldKey | null => {
    if (RED.indexOf(event.key) === -1 || event.ctrlKey || event.altKey || event.metaKey) return null
    if (event.key === 'F1') return red
    const focused = document.activeElement
    if (focused !== null && focused.closest('.panel, .voice, a') !== null) return null
    return others.find(({ element }) => element === focused)?.key ?? red
  }
  window.addEventListener('keydown', (event) => {
    const key = targetOf(event)
    if (key === null) return
    event.preventDefault()
    if (event.repeat || down.has(event.key)) return
    down.set(event.key, key)
    key.press(event.timeStamp)
  })
  window.addEventListener('keyup', (event) => {
    const key = down.get(event.key)
    if (key === undefined) return
    event.preventDefault()
    down.delete(event.key)
    key.release(event.timeStamp)
  })
  window.addEventListener('blur', () => {
    for (const key of down.values()) key.release(performance.now())
    down.clear()
  })
}
