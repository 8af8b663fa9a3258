import { useEffect, useRef } from 'react'

/** By the name that `keyName` gives. */
export type KeyMap = ReadonlyMap<string, () => void>

/** What a key is called in a `KeyMap`: letters in upper case, whatever Caps Lock says. */
export function keyName(event: Pick<KeyboardEvent, 'key'>): string {
  return event.key.length === 1 ? event.key.toUpperCase() : event.key
}

/** Whether a key belongs to the element it was pressed in, not to the desk. */
export function belongsToElement(name: string, element: EventTarget | null): boolean {
  if (!(element instanceof HTMLElement)) return false
  if (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) return true
  const pressable = element.closest('button, a, [role="button"], [role="menuitem"], summary')
  return pressable !== null && (name === ' ' || name === 'Enter')
}

/** Keys of the whole desk. Not while typing, not with Ctrl/Alt/Meta, not when `enabled` is false (a dialog is open). */
export function useKeys(map: KeyMap, enabled: boolean): void {
  const current = useRef(map)
  useEffect(() => {
    current.current = map
  })
  useEffect(() => {
    if (!enabled) return
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return
      const name = keyName(event)
      if (belongsToElement(name, event.target)) return
      const action = current.current.get(name)
      if (!action) return
      event.preventDefault()
      // A held key must not claim or dispatch again and again; only moving repeats.
      if (event.repeat && !name.startsWith('Arrow')) return
      action()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [enabled])
}

/** A second press within this time is the same one, ms. */
const AGAIN_MS = 400

/**
 * Ctrl+Enter (on a Mac ⌘ Enter) submits, wherever the focus is while the dialog is open: after a click beside a field it is on
 * the dialog or on nothing, and the key is promised by the dialog's foot.
 * @param busy what was submitted is under way: it is not sent a second time
 */
export function useSubmitKey(submit: () => void, busy: boolean): void {
  const current = useRef({ submit, busy })
  useEffect(() => {
    current.current = { submit, busy }
  })
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return
      // Not the press of a button that has the focus besides.
      event.preventDefault()
      // What is submitted is looked over first, which takes a moment in which it is not busy yet.
      if (event.repeat || current.current.busy || event.timeStamp - last < AGAIN_MS) return
      last = event.timeStamp
      current.current.submit()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}
