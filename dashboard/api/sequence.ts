/**
 * Where an event stands in the outbox's sequence, which has no holes:
 * `next` in order · `repeat` already seen (delivery is at least once) · `gap` something before it was missed.
 * @param last the last `seq` known, from `hello` or an event; null before `hello`
 */
export function placeInSequence(seq: number, last: number | null): 'next' | 'repeat' | 'gap' {
  if (last === null) return 'gap'
  if (seq <= last) return 'repeat'
  return seq === last + 1 ? 'next' : 'gap'
}
