/** Words of one side of one call: so many at once, then so many a second. Setting up a call takes about twenty. */
const BURST = 80
const PER_SECOND = 10
const MOST_SIDES = 5_000

/**
 * Whether one more word may be said, by name of the side. The state is one time for each (ITU-T I.371, GCRA); it belongs
 * to this node alone, which is enough for what it is against: a device or desk that has gone mad.
 */
export function createRate(): (side: string, now: number) => boolean {
  const arrivals = new Map<string, number>()
  return (side, now) => {
    const next = Math.max(arrivals.get(side) ?? 0, now) + 1000 / PER_SECOND
    if (next - now > (BURST * 1000) / PER_SECOND) return false
    // What is left of sides long gone is of no more use.
    if (arrivals.size >= MOST_SIDES) arrivals.clear()
    arrivals.set(side, next)
    return true
  }
}
