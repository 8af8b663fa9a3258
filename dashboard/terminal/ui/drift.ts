/** A picture that never moves burns into old screens. */
const STEP_MS = 60_000
const PATH = [
  [0, 0],
  [3, 1],
  [4, 4],
  [1, 3],
  [-2, 4],
  [-4, 2],
  [-3, -2],
  [-1, -4],
  [3, -3],
] as const

/** Moves the dim picture by a few px each minute; the way back begins after the last place. */
export function drift(root: HTMLElement, now: number): void {
  const isDim = root.getAttribute('data-dim') === 'true'
  const [x, y] = PATH[Math.floor(now / STEP_MS) % PATH.length] ?? [0, 0]
  const move = isDim ? `translate(${x}px, ${y}px)` : ''
  if (root.style.transform === move) return
  root.style.transform = move
}
