import type { Kysely } from 'kysely'
import { DomainError } from '../../contract/errors.ts'
import type { DetectContext, DeviceTraits, Observation } from '../../contract/observation.ts'
import type { Database } from '../../store/schema.ts'
import type { TelemetryStore } from '../../store/telemetry/telemetry.ts'

/** What is read of telemetry, to be judged again. */
const FIELDS = [
  'lat',
  'lon',
  'acc',
  'speed',
  'sats',
  'battery',
  'hr',
  'spo2',
  'sys',
  'dia',
  'body_temp',
  'steps',
  'temperature',
] as const
/** Readings of one field of one device, and observations in all, that one replay takes. */
const MOST_POINTS = 50_000
const MOST = 200_000

/** A resident's signals and readings in the order of their arrival. @throws DomainError invalid_request: too many */
export async function readObservations(
  { db, telemetry }: { db: Kysely<Database>; telemetry: Pick<TelemetryStore, 'query'> },
  residentId: string,
  { devices }: DetectContext,
  from: number,
  to: number,
): Promise<Observation[]> {
  const traits = new Map(devices.map((device) => [device.deviceId, device]))
  const all = await signalsOf(db, residentId, traits, from, to)
  for (const device of devices) all.push(...(await samplesOf(telemetry, device, from, to)))
  if (all.length > MOST) tooMany()
  return all.sort((a, b) => a.receivedAt - b.receivedAt)
}

async function signalsOf(
  db: Kysely<Database>,
  residentId: string,
  traits: ReadonlyMap<string, DeviceTraits>,
  from: number,
  to: number,
): Promise<Observation[]> {
  const rows = await db
    .selectFrom('signal')
    .innerJoin('device', 'device.device_id', 'signal.device_id')
    .selectAll('signal')
    .select(['device.kind', 'device.model', 'device.role', 'device.room'])
    .where('signal.resident_id', '=', residentId)
    .where('occurred_at', '>=', new Date(from))
    .where('occurred_at', '<', new Date(to))
    .orderBy('received_at')
    .limit(MOST + 1)
    .execute()
  if (rows.length > MOST) tooMany()
  return rows.map((row) => {
    const { device_id: deviceId, kind, model, role, room } = row
    return {
      kind: 'signal',
      signalId: row.signal_id,
      device: traits.get(deviceId) ?? { deviceId, kind, model, role, room },
      type: row.type,
      occurredAt: row.occurred_at.getTime(),
      receivedAt: row.received_at.getTime(),
      detail: row.detail,
    }
  })
}

/** Fields come one by one from the store; what was measured in one moment is one sample again. */
async function samplesOf(
  telemetry: Pick<TelemetryStore, 'query'>,
  device: DeviceTraits,
  from: number,
  to: number,
): Promise<Observation[]> {
  const byTime = new Map<number, Record<string, number>>()
  for (const field of FIELDS) {
    const query = { deviceId: device.deviceId, field, from, to, everyMs: null, limit: MOST_POINTS }
    const points = await telemetry.query(query)
    if (points.length === MOST_POINTS) tooMany()
    for (const { ts, value } of points) {
      const fields = byTime.get(ts) ?? {}
      fields[field] = value
      byTime.set(ts, fields)
    }
  }
  return [...byTime].map(([at, fields]) => ({ kind: 'sample', device, occurredAt: at, receivedAt: at, fields }))
}

function tooMany(): never {
  throw new DomainError(
    'invalid_request',
    'There is too much in this time to be replayed at once. Choose a shorter one.',
  )
}
