import { PROTOCOLS, type Protocol } from '../server/contract/device.ts'
import type { Random } from './random.ts'

/** Which kinds of home there are, and how many of each: weights, any unit. */
export type Mix = readonly { protocol: Protocol; weight: number }[]

export const NATIVE_ONLY: Mix = [{ protocol: 'native', weight: 1 }]

/** What can be simulated; `mapped` is the presets' common ground and no device of its own. */
export const MIXABLE: readonly Protocol[] = PROTOCOLS.filter((protocol) => protocol !== 'mapped')

/** Other names that people use. */
const ALIASES: Readonly<Record<string, readonly Protocol[]>> = {
  pendant: ['minifinder2'],
  lorawan: ['chirpstack'],
  wifi: ['shelly_blu', 'shelly_gen1', 'tasmota', 'esphome'],
  all: MIXABLE,
}

/**
 * Reads `native=3,zigbee2mqtt=2,watch`; without a weight it is 1.
 * @returns what is wrong as text, when something is
 */
export function readMix(text: string): Mix | string {
  const weights = new Map<Protocol, number>()
  for (const part of text.split(',')) {
    const [name = '', share, ...more] = part.split('=').map((piece) => piece.trim())
    const protocols = ALIASES[name] ?? MIXABLE.filter((protocol) => protocol === name)
    if (protocols.length === 0) return `"${name}" is none of ${[...MIXABLE, ...Object.keys(ALIASES)].join(', ')}`
    const weight = share === undefined ? 1 : Number(share)
    if (share === '' || more.length > 0 || !(weight > 0 && weight <= 1_000)) {
      return `the share of ${name} must be a number above 0 and at most 1000, not "${[share, ...more].join('=')}"`
    }
    for (const protocol of protocols) weights.set(protocol, weight)
  }
  return [...weights].map(([protocol, weight]) => ({ protocol, weight }))
}

/** Chance that a home has a second kind beside its first. */
const SECOND = 0.3

/** The kinds of one home: the first by weight, and sometimes another one. */
export function drawKinds(mix: Mix, random: Random): Protocol[] {
  const first = random.weighted(mix).protocol
  const others = mix.filter(({ protocol }) => protocol !== first)
  return others.length > 0 && random.chance(SECOND) ? [first, random.weighted(others).protocol] : [first]
}
