import { DetectSettings } from '../../../server/contract/detect-settings.ts'

/** The form of the detection settings: one row a field. Pure; limits are those of the schema. */
export type Group = keyof DetectSettings
export type FieldKind = 'seconds' | 'number' | 'share' | 'switch' | 'time' | 'limit' | 'fences'
export type Unit = 'times' | 'm' | 'mps' | 'celsius' | 'percent' | 'bpm' | 'mmhg' | 'days' | 'devices' | 'walks'

interface Shape {
  kind: FieldKind
  unit?: Unit
  /** What a duration is first offered in, when nothing says it better. */
  in?: DurationUnit
}
export type DurationUnit = 's' | 'min' | 'h' | 'd'

const seconds = (unit: DurationUnit) => ({ kind: 'seconds', in: unit }) as const
const number = (unit: Unit) => ({ kind: 'number', unit }) as const
const limit = (unit: Unit) => ({ kind: 'limit', unit }) as const
const onOff = { kind: 'switch' } as const
const time = { kind: 'time' } as const

/** In the order in which they are shown. Names are those of the contract. */
export const FIELDS = {
  buttons: {
    urgentPresses: number('times'),
    urgentWindowS: seconds('s'),
    runawayPresses: number('times'),
    runawayWindowS: seconds('s'),
  },
  falls: {
    cancelWindowS: seconds('s'),
    stillnessS: seconds('s'),
    noRecoveryS: seconds('min'),
    corroborationS: seconds('s'),
  },
  wandering: {
    enabled: onOff,
    fences: { kind: 'fences' },
    confirmFixes: number('times'),
    dwellS: seconds('min'),
    silenceOutsideS: seconds('min'),
    hysteresisM: number('m'),
    maxAccuracyM: number('m'),
    maxSpeedMps: number('mps'),
    'nightExit.enabled': onOff,
    'nightExit.from': time,
    'nightExit.to': time,
    'nightExit.returnS': seconds('min'),
    'route.enabled': onOff,
    'route.awayM': number('m'),
    'route.minWalks': number('walks'),
  },
  supervision: {
    mainsS: seconds('min'),
    cellularS: seconds('h'),
    batteryS: seconds('h'),
    graceShare: { kind: 'share', unit: 'percent' },
    misses: number('times'),
    batteryLowPercent: number('percent'),
    testDays: number('days'),
  },
  routine: {
    enabled: onOff,
    minDays: number('days'),
    marginS: seconds('min'),
    latest: time,
    longestSilenceS: seconds('h'),
  },
  dangers: {
    doorOpenS: seconds('min'),
    hotC: number('celsius'),
    coldC: number('celsius'),
    temperatureS: seconds('min'),
  },
  vitals: {
    'hr.low': limit('bpm'),
    'hr.high': limit('bpm'),
    'spo2.low': limit('percent'),
    'spo2.high': limit('percent'),
    'sys.low': limit('mmhg'),
    'sys.high': limit('mmhg'),
    'dia.low': limit('mmhg'),
    'dia.high': limit('mmhg'),
    'body_temp.low': limit('celsius'),
    'body_temp.high': limit('celsius'),
    readings: number('times'),
    persistS: seconds('min'),
  },
  storms: { devices: number('devices'), windowS: seconds('min') },
} as const satisfies Record<Group, Record<string, Shape>>

type Paths = { [G in Group]: `${G}.${keyof (typeof FIELDS)[G] & string}` }
/** `falls.stillnessS`: where a value stands in the settings. */
export type FieldPath = Paths[Group]

export interface Field extends Shape {
  path: FieldPath
  group: Group
  min?: number
  max?: number
  integer: boolean
}

export const GROUPS = Object.keys(FIELDS) as Group[]

/** The rows of a group, with the limits of the contract. */
export const FIELDS_OF: Readonly<Record<Group, readonly Field[]>> = Object.fromEntries(
  GROUPS.map((group) => [
    group,
    Object.entries<Shape>(FIELDS[group]).map(([name, shape]) => {
      const path = `${group}.${name}` as FieldPath
      return { ...shape, path, group, ...limitsOf(path) }
    }),
  ]),
) as unknown as Record<Group, readonly Field[]>

export const ALL_FIELDS: readonly Field[] = GROUPS.flatMap((group) => FIELDS_OF[group])
const BY_PATH: ReadonlyMap<string, Field> = new Map(ALL_FIELDS.map((field) => [field.path, field]))

export function fieldAt(path: string): Field | undefined {
  return BY_PATH.get(path)
}

/** A schema as JSON Schema has it; only what is looked at. */
interface Json {
  type?: string
  minimum?: number
  maximum?: number
  properties?: Record<string, Json>
  anyOf?: Json[]
}

function limitsOf(path: string): Pick<Field, 'min' | 'max' | 'integer'> {
  let json: Json | undefined = DetectSettings as unknown as Json
  for (const name of path.split('.')) json = json?.properties?.[name]
  const plain = json?.anyOf?.find(({ type }) => type === 'number') ?? json
  return {
    integer: plain?.type === 'integer',
    ...(plain?.minimum === undefined ? {} : { min: plain.minimum }),
    ...(plain?.maximum === undefined ? {} : { max: plain.maximum }),
  }
}

/** Every leaf of the contract's schema. */
export function leavesOf(json: unknown = DetectSettings, prefix = ''): string[] {
  const { properties } = json as Json
  if (properties === undefined) return [prefix]
  return Object.entries(properties).flatMap(([name, inner]) => leavesOf(inner, prefix ? `${prefix}.${name}` : name))
}
