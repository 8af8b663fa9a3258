/**
 * Zigbee2MQTT may say an action twice: in the JSON state and as a plain word on `NAME/action`. Two presses may follow
 * each other within the window as well, so the two ways of saying are paired off one by one.
 */
export type Source = 'json' | 'plain'
/** Times (ms since the epoch) of actions that were counted and whose twin has not come yet, by device and word. */
export type Twins = Map<string, Record<Source, number[]>>

const WINDOW_MS = 5_000
const MAX_PAIRS = 500
const MAX_WAITING = 20

/** True when this action has been counted already because its twin came first. Changes `twins` only. */
export function isTwin(twins: Twins, name: string, word: string, source: Source, at: number): boolean {
  const key = `${name}\0${word}`
  const waiting = twins.get(key) ?? { json: [], plain: [] }
  const isRecent = (time: number) => Math.abs(at - time) <= WINDOW_MS
  const others = (source === 'json' ? waiting.plain : waiting.json).filter(isRecent)
  const own = (source === 'json' ? waiting.json : waiting.plain).filter(isRecent)
  const isSecond = others.length > 0
  if (isSecond) others.shift()
  else own.push(at)
  // Deleted first, so that the map stays in the order of last use and its oldest entry is the one to go.
  twins.delete(key)
  if (own.length + others.length > 0) {
    const kept = own.slice(-MAX_WAITING)
    twins.set(key, source === 'json' ? { json: kept, plain: others } : { json: others, plain: kept })
  }
  for (const oldest of twins.keys()) {
    if (twins.size <= MAX_PAIRS) break
    twins.delete(oldest)
  }
  return isSecond
}
