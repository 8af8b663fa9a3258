import { ABEEWAY, ABEEWAY_UNKNOWN, abeewayOf } from './codecs/abeeway.ts'
import { BROWAN, browanOf } from './codecs/browan.ts'
import { DRAGINO, draginoOf } from './codecs/dragino.ts'
import { MILESIGHT, milesightOf } from './codecs/milesight.ts'
import type { Codec } from './reading.ts'

/** Which codec reads a device's bytes. Pure. */

/** What is known of a device, the most reliable first; null: nothing. */
export interface Hints {
  /** Of the device's record. */
  model: string | null
  kind: string | null
  /** What the network server says: model, tags, device profile. */
  profile: readonly string[]
  /** What a person called the device. */
  name: string | null
  fPort: number
  bytes: Buffer
}

const named = (codecs: readonly Codec[], pattern: RegExp, model: string): [RegExp, Codec][] => {
  const codec = codecs.find((one) => one.model === model)
  return codec === undefined ? [] : [[pattern, codec]]
}

/** A model's name as others write it: in small letters, with or without separators. */
const spelling = (model: string): RegExp =>
  new RegExp(`(?<![a-z0-9])${model.toLowerCase().replaceAll(/[^a-z0-9]+/g, '[^a-z0-9]?')}(?![0-9])`)

/** The first that fits decides, so longer names stand before shorter ones that they contain. */
const NAMES: readonly [RegExp, Codec][] = [
  ...[...MILESIGHT, ...BROWAN].flatMap((codec): [RegExp, Codec][] =>
    codec.model === null ? [] : [[spelling(codec.model), codec]],
  ),
  // Names that stand for several models of the same bytes.
  ...named(MILESIGHT, /(?<![a-z0-9])vs34x/, 'VS340'),
  ...named(MILESIGHT, /(?<![a-z0-9])am3(07|19)/, 'AM308'),
  ...named(DRAGINO, /tracker[^a-z0-9]?d(?![a-z0-9])/, 'TrackerD'),
  ...named(DRAGINO, /(?<![a-z0-9])lgt[^a-z0-9]?92(?![0-9])/, 'LGT-92'),
  ...named(DRAGINO, /(?<![a-z0-9])pb[^a-z0-9]?01(?![0-9])/, 'PB01'),
  ...named(DRAGINO, /(?<![a-z0-9])pb[^a-z0-9]?05(?![0-9])/, 'PB05'),
  ...named(BROWAN, /tabs?[^a-z0-9](push[^a-z0-9]?)?button/, 'TBPB100'),
  ...named(BROWAN, /object[^a-z0-9]?locator/, 'TBOL100'),
  ...named(ABEEWAY, /compact[^a-z0-9]?tracker/, 'Abeeway Compact Tracker'),
  ...named(ABEEWAY, /abeeway[^a-z0-9]?industrial[^a-z0-9]?tracker/, 'Abeeway Industrial Tracker'),
  ...named(ABEEWAY, /micro[^a-z0-9]?tracker/, 'Abeeway Micro Tracker'),
  ...named(ABEEWAY, /smart[^a-z0-9]?badge/, 'Abeeway Smart Badge'),
  [/abeeway/, ABEEWAY_UNKNOWN],
]
const MILESIGHT_NAME = /milesight/

/** Names repeat without end, so the answers are remembered for some of them. */
const ANSWERS = new Map<string, Codec | null>()
const ANSWERS_MAX = 5_000
const MAX_NAME = 200

function byName(text: string): Codec | null {
  if (text === '' || text.length > MAX_NAME) return null
  const known = ANSWERS.get(text)
  if (known !== undefined) return known
  const lower = text.toLowerCase()
  const found = NAMES.find(([pattern]) => pattern.test(lower))?.[1] ?? null
  if (ANSWERS.size < ANSWERS_MAX) ANSWERS.set(text, found)
  return found
}

/** The codec of a model that somebody named; null: there is none. */
export function codecOfModel(model: string | null): Codec | null {
  return model === null ? null : byName(model)
}

/** A name that a person gave says where a device is rather than what: it counts only when the kind agrees. */
function byGivenName(name: string | null, kind: string | null): Codec | null {
  const found = codecOfModel(name)
  if (found === null || kind === null || kind === 'other') return found
  const isKey = (one: string): boolean => one === 'button' || one === 'sos_button'
  return found.kind === kind || (isKey(found.kind) && isKey(kind)) ? found : null
}

/** Codec by the device's record, by what the network server says, by its name, else by port and shape; null: none. */
export function codecFor(hints: Hints): Codec | null {
  const { model, kind, profile, name, fPort, bytes } = hints
  const recorded = codecOfModel(model)
  if (recorded !== null) return recorded
  for (const text of profile) {
    const found = byName(text)
    if (found !== null) return found
  }
  const given = byGivenName(name, kind)
  if (given !== null) return given
  if (fPort === 85 || [model ?? '', ...profile].some((text) => MILESIGHT_NAME.test(text.toLowerCase()))) {
    return milesightOf(kind, bytes)
  }
  return browanOf(fPort) ?? abeewayOf(fPort) ?? draginoOf(fPort, bytes.length, kind)
}
