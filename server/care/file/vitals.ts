import type { AlertKind } from '../../contract/case.ts'
import type { CaseVitals, VitalField } from '../../contract/case-vitals.ts'
import type { DetectSettings } from '../../contract/detect-settings.ts'
import type { TelemetryPoint, TelemetryStore } from '../../store/telemetry/telemetry.ts'

const DAY_MS = 86_400_000
const EVERY_MS = 15 * 60_000
/** Devices that are asked at most. */
const MOST_DEVICES = 12

const BODY = ['hr', 'spo2', 'sys', 'dia', 'body_temp'] as const
const FAULTS: ReadonlySet<AlertKind> = new Set([
  'hub_offline',
  'device_fault',
  'tamper',
  'removed',
  'battery_low',
  'mains_loss',
  'offline',
  'area_offline',
  'test_overdue',
])
/** Of the room rather than of the body. */
const ROOM: ReadonlySet<AlertKind> = new Set(['temperature', 'smoke', 'gas', 'co'])

/**
 * Which value matters in a case of this kind, the most telling first. Pure.
 * @param rule the rule by which the case's alert was raised, e.g. `vitals.spo2_low`; null: not known
 */
export function vitalOrder(kind: AlertKind, rule: string | null): VitalField[] {
  const named = BODY.find((field) => rule?.startsWith(`vitals.${field}_`))
  const first: VitalField[] = FAULTS.has(kind) ? ['battery'] : ROOM.has(kind) ? ['temperature'] : []
  return [...new Set<VitalField>([...(named ? [named] : []), ...first, ...BODY, 'temperature', 'battery'])]
}

export interface VitalsOf {
  kind: AlertKind
  rule: string | null
  /** The device of the case's alert; asked first. */
  deviceId: string
  devices: readonly { deviceId: string }[]
  limits: DetectSettings['vitals']
  dangers: DetectSettings['dangers']
  batteryLowPercent: number
}

/**
 * The last 24 h of one value, in windows of 15 minutes: the one asked for, else the first in the case's order that any of
 * the resident's devices has measured. A battery is that of the case's own device.
 */
export async function caseVitals(
  telemetry: Pick<TelemetryStore, 'query'>,
  of: VitalsOf,
  asked: VitalField | undefined,
  now: number,
): Promise<CaseVitals> {
  const order = asked === undefined ? vitalOrder(of.kind, of.rule) : [asked]
  const others = of.devices.map(({ deviceId }) => deviceId).filter((deviceId) => deviceId !== of.deviceId)
  const all = [of.deviceId, ...others].slice(0, MOST_DEVICES)
  const range = { from: now - DAY_MS, to: now + 1, everyMs: EVERY_MS, limit: 200 }
  for (const field of order) {
    const deviceIds = field === 'battery' ? [of.deviceId] : all
    const found = await Promise.all(
      deviceIds.map(async (deviceId) => ({ deviceId, points: await telemetry.query({ deviceId, field, ...range }) })),
    )
    const [best] = found.filter(({ points }) => points.length > 0).sort((a, b) => b.points.length - a.points.length)
    if (best) return view(field, best, of)
  }
  return view(order[0] ?? 'hr', { deviceId: null, points: [] }, of)
}

function view(
  field: VitalField,
  { deviceId, points }: { deviceId: string | null; points: readonly TelemetryPoint[] },
  of: VitalsOf,
): CaseVitals {
  return {
    field,
    deviceId,
    limits: limitsOf(field, of),
    items: points.map((point) => ({ ...point, ts: new Date(point.ts).toISOString() })),
  }
}

function limitsOf(field: VitalField, { limits, dangers, batteryLowPercent }: VitalsOf): CaseVitals['limits'] {
  switch (field) {
    case 'battery':
      return { low: batteryLowPercent, high: null }
    case 'temperature':
      return { low: dangers.coldC, high: dangers.hotC }
    case 'hr':
    case 'spo2':
    case 'sys':
    case 'dia':
    case 'body_temp':
      return limits[field]
  }
}
