/** The server's clock as this desk knows it: ages must not depend on a desk computer whose clock is wrong. */
let offsetMs = 0

/** Takes over the server's clock. @param serverNow ms since the epoch, as just received */
export function setServerNow(serverNow: number): void {
  offsetMs = serverNow - Date.now()
  tickAll()
}

/** Server time in ms since the epoch. */
export function serverNow(): number {
  return Date.now() + offsetMs
}

type Tick = (now: number) => void
const ticks = new Set<Tick>()
let timer: ReturnType<typeof setTimeout> | undefined

function tickAll(): void {
  const now = serverNow()
  for (const tick of ticks) tick(now)
}

function schedule(): void {
  // On the full second, so that all ages change together.
  timer = setTimeout(
    () => {
      tickAll()
      schedule()
    },
    1000 - (serverNow() % 1000) + 5,
  )
}

/** Calls `tick` now and on each full second until the returned function is called. One timer serves all. */
export function onSecond(tick: Tick): () => void {
  ticks.add(tick)
  tick(serverNow())
  if (timer === undefined) schedule()
  return () => {
    ticks.delete(tick)
    if (ticks.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }
}
