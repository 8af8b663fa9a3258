/** A seeded source of numbers: the same seed gives the same homes and the same days. Never for secrets or ids. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number
  between(min: number, max: number): number
  /** Whole number, both ends inclusive. */
  integer(min: number, max: number): number
  chance(probability: number): boolean
  /** @throws RangeError for an empty list */
  pick<T>(items: readonly T[]): T
  /** @throws RangeError for an empty list */
  weighted<T extends { weight: number }>(items: readonly T[]): T
  /** Approximately normal, mean 0, standard deviation 1 (sum of three uniforms). */
  noise(): number
}

/** Creates a source. Sources with different seeds are independent, so each home and device gets its own by name. */
export function createRandom(seed: string | number): Random {
  const next = sfc32(hash(`${seed}`))
  const between = (min: number, max: number) => min + next() * (max - min)
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(items: readonly T[]): T => {
    const index = integer(0, items.length - 1)
    if (index >= items.length || index < 0) throw new RangeError('nothing to pick from')
    return items[index] as T
  }
  return {
    next,
    between,
    integer,
    chance: (probability) => next() < probability,
    pick,
    weighted: (items) => {
      let rest = next() * items.reduce((sum, item) => sum + item.weight, 0)
      const found =
        items.find((item) => {
          rest -= item.weight
          return rest < 0
        }) ?? items.at(-1)
      if (!found) throw new RangeError('nothing to pick from')
      return found
    },
    noise: () => 2 * (next() + next() + next() - 1.5),
  }
}

/** Four 32-bit words from a text: FNV-1a with different offsets, each finished as in MurmurHash3. */
function hash(text: string): [number, number, number, number] {
  const word = (offset: number) => {
    let h = 0x811c9dc5 ^ offset
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
  }
  return [word(1), word(2), word(3), word(4)]
}

/** Small Fast Counter, 32 bit (C. Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush. */
function sfc32(state: [number, number, number, number]): () => number {
  let [a, b, c, counter] = state
  const step = () => {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    return (result >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 12; i++) step()
  return step
}
