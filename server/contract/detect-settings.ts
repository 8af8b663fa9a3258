import Type, { type Static } from 'typebox'
import { Fence } from './fence.ts'

/**
 * What the detectors go by. Each value can be set for the city, a home, a resident or a device; the nearest one holds.
 * Units are in the names: S seconds, M metres, Mps metres a second, C degrees Celsius. Sources of the defaults are named
 * where there is one; the others are ours.
 */
const seconds = (description: string, minimum = 0, maximum = 31 * 86_400) =>
  Type.Integer({ minimum, maximum, description })
const limit = (description: string, minimum: number, maximum: number) => Type.Number({ minimum, maximum, description })
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'City time, HH:MM' })

export const ButtonSettings = Type.Object({
  runawayPresses: Type.Integer({ minimum: 3, maximum: 1000, description: 'From so many on, presses are only counted' }),
  runawayWindowS: seconds('… within this time', 5, 3600),
  urgentPresses: Type.Integer({ minimum: 2, maximum: 20, description: 'Help pressed so often counts as an emergency' }),
  urgentWindowS: seconds('… within this time', 2, 600),
})

export const FallSettings = Type.Object({
  cancelWindowS: seconds('So long the resident may say that it was nothing', 0, 300),
  stillnessS: seconds('Stillness after a fall that makes it worse', 5, 600),
  noRecoveryS: seconds('Nobody has got up after this time: it is told again, as worse', 10, 3600),
  corroborationS: seconds('Two devices that tell of a fall within this time confirm one another', 5, 600),
})

export const WanderSettings = Type.Object({
  enabled: Type.Boolean({ description: 'Positions are judged at all' }),
  fences: Type.Array(Fence, { maxItems: 20 }),
  confirmFixes: Type.Integer({ minimum: 1, maximum: 10, description: 'So many positions outside, one after another' }),
  dwellS: seconds('… or one that nothing contradicts for this time', 10, 3600),
  hysteresisM: limit('Back inside only when so far within the border', 0, 500),
  maxAccuracyM: limit('Less sure positions are not believed', 10, 5000),
  maxSpeedMps: limit('Faster than this is a jump of the receiver', 5, 100),
  silenceOutsideS: seconds('No position for so long while outside', 60, 86_400),
  nightExit: Type.Object({
    enabled: Type.Boolean(),
    from: TimeOfDay,
    to: TimeOfDay,
    returnS: seconds('Door opened at night and no sign of return within this time', 30, 7200),
  }),
  route: Type.Object({
    enabled: Type.Boolean({ description: 'Walks are compared with those that the resident usually takes' }),
    awayM: limit('So far off every usual walk', 50, 5000),
    minWalks: Type.Integer({ minimum: 3, maximum: 100, description: 'Known walks before anything is said' }),
  }),
})

export const SupervisionSettings = Type.Object({
  mainsS: seconds('Heartbeat of devices on the mains', 60),
  cellularS: seconds('… of worn devices with a SIM card', 300),
  batteryS: seconds('… of keys and sensors on a battery', 600),
  graceShare: limit('Added to a period before it counts as missed', 0, 2),
  misses: Type.Integer({ minimum: 1, maximum: 20, description: 'So many periods missed before it is told' }),
  batteryLowPercent: limit('Below this a battery is low', 1, 90),
  testDays: Type.Integer({ minimum: 0, maximum: 400, description: 'Days between self-tests; 0: none are expected' }),
})

export const RoutineSettings = Type.Object({
  enabled: Type.Boolean({ description: 'Silence in the usual waking time opens a care call' }),
  minDays: Type.Integer({ minimum: 3, maximum: 60, description: 'Days of history before anything is said' }),
  marginS: seconds('Later than usual by so much', 600, 12 * 3600),
  latest: TimeOfDay,
  longestSilenceS: seconds('No sign of life for so long while awake and at home', 3600, 48 * 3600),
})

export const DangerSettings = Type.Object({
  doorOpenS: seconds('The front door stands open for so long', 60, 86_400),
  hotC: limit('Heat in a room', 25, 60),
  coldC: limit('Cold in a room', -20, 20),
  temperatureS: seconds('… for so long', 60, 86_400),
})

const VitalLimits = (low: [number, number], high: [number, number]) =>
  Type.Object({
    low: Type.Union([Type.Number({ minimum: low[0], maximum: low[1] }), Type.Null()]),
    high: Type.Union([Type.Number({ minimum: high[0], maximum: high[1] }), Type.Null()]),
  })

export const VitalSettings = Type.Object({
  hr: VitalLimits([20, 100], [60, 250]),
  spo2: VitalLimits([50, 99], [60, 100]),
  sys: VitalLimits([50, 150], [100, 260]),
  dia: VitalLimits([30, 100], [60, 180]),
  body_temp: VitalLimits([28, 37], [36, 43]),
  readings: Type.Integer({
    minimum: 1,
    maximum: 20,
    description: 'So many readings beyond a limit, one after another',
  }),
  persistS: seconds('… over at least this time', 0, 86_400),
})

export const StormSettings = Type.Object({
  devices: Type.Integer({ minimum: 3, maximum: 10_000, description: 'So many devices lost in one area' }),
  windowS: seconds('… within this time become one incident', 60, 3600),
})

export const DetectSettings = Type.Object({
  buttons: ButtonSettings,
  falls: FallSettings,
  wandering: WanderSettings,
  supervision: SupervisionSettings,
  routine: RoutineSettings,
  dangers: DangerSettings,
  vitals: VitalSettings,
  storms: StormSettings,
})
export type DetectSettings = Static<typeof DetectSettings>

/** As delivered. Figures: ADT and Climax (falls), Better Stack (grace), WHO and common care practice (vital signs). */
export const DEFAULT_SETTINGS: DetectSettings = {
  buttons: { runawayPresses: 10, runawayWindowS: 60, urgentPresses: 3, urgentWindowS: 20 },
  falls: { cancelWindowS: 20, stillnessS: 10, noRecoveryS: 120, corroborationS: 60 },
  wandering: {
    enabled: false,
    fences: [],
    confirmFixes: 2,
    dwellS: 120,
    hysteresisM: 30,
    maxAccuracyM: 200,
    maxSpeedMps: 40,
    silenceOutsideS: 1800,
    nightExit: { enabled: false, from: '22:00', to: '06:00', returnS: 600 },
    route: { enabled: false, awayM: 400, minWalks: 8 },
  },
  supervision: {
    mainsS: 900,
    cellularS: 21_600,
    batteryS: 86_400,
    graceShare: 0.2,
    misses: 1,
    batteryLowPercent: 20,
    testDays: 31,
  },
  routine: { enabled: true, minDays: 7, marginS: 5400, latest: '11:00', longestSilenceS: 12 * 3600 },
  dangers: { doorOpenS: 900, hotC: 35, coldC: 8, temperatureS: 1800 },
  vitals: {
    hr: { low: 45, high: 130 },
    spo2: { low: 90, high: null },
    sys: { low: 90, high: 180 },
    dia: { low: null, high: 110 },
    body_temp: { low: 35, high: 38.5 },
    readings: 3,
    persistS: 120,
  },
  storms: { devices: 10, windowS: 300 },
}

/** Some of the settings; what is absent is inherited. Lists are replaced as a whole. */
export type SettingsLayer = DeepPartial<DetectSettings>
type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T

export const SETTING_SCOPES = ['city', 'home', 'resident', 'device'] as const
export type SettingScope = (typeof SETTING_SCOPES)[number]

/**
 * Lays settings over one another.
 * @param layers from the farthest (city) to the nearest (device)
 */
export function layered(...layers: readonly SettingsLayer[]): DetectSettings {
  return layers.reduce<Group>((under, layer) => lay(under, layer), DEFAULT_SETTINGS) as DetectSettings
}

type Group = Readonly<Record<string, unknown>>

function lay(under: Group, over: Group): Group {
  const result: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue
    const below = under[key]
    result[key] = isGroup(value) && isGroup(below) ? lay(below, value) : value
  }
  return result
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
