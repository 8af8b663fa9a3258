/** A label's middle and size, pixels. */
export interface Label {
  x: number
  y: number
  width: number
  height: number
}

/** Pixels between two labels at least. */
const GAP = 3

/**
 * Where labels go so that none touches another: over their point where there is room, else beneath, beside, or further away.
 * In the order given: the first keep the best places. A label for which there is no place takes the one where it covers least,
 * since what it says must be seen. Pure.
 * @param labels `x`, `y`: the point that each is about
 * @param above from the point to the label's middle, pixels
 * @returns the labels' middles, in the same order
 */
export function placeLabels(labels: readonly Label[], above: number): { x: number; y: number }[] {
  const placed: Label[] = []
  for (const label of labels) {
    const tries = candidates(label, above).map((at) => ({ ...label, ...at }))
    const covered = tries.map((one) => placed.reduce((sum, other) => sum + overlap(one, other), 0))
    const best = covered.indexOf(Math.min(...covered))
    placed.push(tries[best] ?? label)
  }
  return placed.map(({ x, y }) => ({ x, y }))
}

function candidates({ x, y, width, height }: Label, above: number): { x: number; y: number }[] {
  const side = width / 2 + above
  const step = height + GAP
  return [0, 1, 2].flatMap((far) => [
    { x, y: y - above - far * step },
    { x, y: y + above + far * step },
    { x: x + side, y: y - far * step },
    { x: x - side, y: y - far * step },
    { x: x + side, y: y + far * step },
    { x: x - side, y: y + far * step },
  ])
}

/** Square pixels that two labels share, with the gap around them. */
function overlap(a: Label, b: Label): number {
  const wide = (a.width + b.width) / 2 + GAP - Math.abs(a.x - b.x)
  const high = (a.height + b.height) / 2 + GAP - Math.abs(a.y - b.y)
  return wide > 0 && high > 0 ? wide * high : 0
}
