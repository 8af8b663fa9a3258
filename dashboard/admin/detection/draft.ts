import type { DetectSettings, SettingsLayer } from '../../../server/contract/detect-settings.ts'
import type { SettingsAbove } from '../../../server/contract/detection.ts'
import type { Fence } from '../../../server/contract/fence.ts'
import { ALL_FIELDS, type Field, type FieldPath, fieldAt } from './fields.ts'

/** What a scope says itself, as a flat list: a path that is missing is inherited. Pure. */
export type Value = number | string | boolean | null | readonly Fence[]
export type Draft = Readonly<Partial<Record<FieldPath, Value>>>

type Tree = { [name: string]: unknown }
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path, or undefined. */
export function valueAt(settings: DetectSettings | SettingsLayer, path: FieldPath): Value | undefined {
  let at: unknown = settings
  for (const name of path.split('.')) at = isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined
  return at as Value | undefined
}

/** A layer as a draft. */
export function draftOf(layer: SettingsLayer): Draft {
  const said = ALL_FIELDS.map(({ path }) => [path, valueAt(layer, path)] as const)
  return Object.fromEntries(said.filter(([, value]) => value !== undefined))
}

/** A draft as a layer. */
export function layerOf(draft: Draft): SettingsLayer {
  const layer: Tree = {}
  for (const [path, value] of Object.entries(draft)) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let at = layer
    for (const name of names) {
      const inner = at[name]
      const next: Tree = isTree(inner) ? inner : {}
      at[name] = next
      at = next
    }
    at[last] = value
  }
  return layer as SettingsLayer
}

/** The same with one value set, or inherited again. */
export function withValue(draft: Draft, path: FieldPath, value: Value | undefined): Draft {
  const { [path]: _before, ...rest } = draft
  return value === undefined ? rest : { ...rest, [path]: value }
}

/** What differs between two layers; undefined: inherited. */
export interface Change {
  path: FieldPath
  before: Value | undefined
  after: Value | undefined
}

const same = (a: Value | undefined, b: Value | undefined) => JSON.stringify(a) === JSON.stringify(b)

/** Differences in the order of the form. */
export function changesBetween(before: Draft, after: Draft): Change[] {
  return ALL_FIELDS.map(({ path }) => ({ path, before: before[path], after: after[path] })).filter(
    (change) => !same(change.before, change.after),
  )
}

/** What one did to a draft, done to another one: for a save that somebody else was quicker than. */
export function replay(changes: readonly Change[], onto: Draft): Draft {
  return changes.reduce((draft, { path, after }) => withValue(draft, path, after), onto)
}

/** Which wider scope says the value that is inherited; null: as delivered. */
export function sourceOf(above: readonly SettingsAbove[], path: FieldPath): SettingsAbove['scope'] | null {
  return above.findLast(({ settings }) => valueAt(settings, path) !== undefined)?.scope ?? null
}

/** Why a value can't be saved. */
export type Fault =
  | { code: 'range'; min: number; max: number }
  | { code: 'whole' }
  | { code: 'time' }
  | { code: 'fence' }
  | { code: 'order'; other: FieldPath }

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
/** The lower value of each pair must be less than the upper one. */
const PAIRS = [
  ['vitals.hr.low', 'vitals.hr.high'],
  ['vitals.spo2.low', 'vitals.spo2.high'],
  ['vitals.sys.low', 'vitals.sys.high'],
  ['vitals.dia.low', 'vitals.dia.high'],
  ['vitals.body_temp.low', 'vitals.body_temp.high'],
  ['dangers.coldC', 'dangers.hotC'],
] as const satisfies readonly (readonly [FieldPath, FieldPath])[]

/** What is wrong with a draft, by path; empty when it can be saved. @param inherited what holds where it says nothing */
export function faultsOf(draft: Draft, inherited: DetectSettings): ReadonlyMap<FieldPath, Fault> {
  const faults = new Map<FieldPath, Fault>()
  for (const [path, value] of Object.entries(draft) as [FieldPath, Value][]) {
    const field = fieldAt(path)
    const fault = field ? faultOf(field, value) : null
    if (fault) faults.set(path, fault)
  }
  for (const [low, high] of PAIRS) {
    const [under, over] = [low, high].map((path) => draft[path] ?? (path in draft ? null : valueAt(inherited, path)))
    if (typeof under !== 'number' || typeof over !== 'number' || under < over) continue
    // Beside the one that was typed.
    const [at, other] = low in draft ? [low, high] : [high, low]
    if ((low in draft || high in draft) && !faults.has(at)) faults.set(at, { code: 'order', other })
  }
  return faults
}

function faultOf({ kind, min = 0, max = 0, integer }: Field, value: Value): Fault | null {
  switch (kind) {
    case 'time':
      return typeof value === 'string' && TIME.test(value) ? null : { code: 'time' }
    case 'limit':
      if (value === null) return null
      return typeof value === 'number' && value >= min && value <= max ? null : { code: 'range', min, max }
    case 'seconds':
    case 'number':
    case 'share':
      if (typeof value !== 'number' || value < min || value > max) return { code: 'range', min, max }
      return integer && !Number.isInteger(value) ? { code: 'whole' } : null
    case 'fences':
      return Array.isArray(value) && value.every(({ name }: Fence) => name.trim() !== '') ? null : { code: 'fence' }
    case 'switch':
      return null
  }
}
