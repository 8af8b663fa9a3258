import type { Transaction } from 'kysely'
import type { DeviceTraits } from '../../contract/observation.ts'
import type { Database } from '../../store/schema.ts'
import type { PendingSample, StoredSignal } from '../records.ts'
import type { Observed } from './judge-subjects.ts'

/** Signals and samples as detectors see them, in the order of arrival. A sample of a device that is not registered is left out. */
export async function observed(
  tx: Transaction<Database>,
  signals: readonly StoredSignal[],
  samples: readonly PendingSample[],
): Promise<Observed[]> {
  const all: Observed[] = signals.map(({ residentId, device, signalId, type, occurredAt, receivedAt, detail }) => ({
    residentId,
    observation: { kind: 'signal', signalId, device, type, occurredAt, receivedAt, detail },
  }))
  if (samples.length === 0) return all
  const devices = await traitsOf(tx, samples)
  for (const { deviceId, occurredAt, receivedAt, fields } of samples) {
    const of = devices.get(deviceId)
    if (of === undefined) continue
    const observation = { kind: 'sample', device: of.device, occurredAt, receivedAt, fields } as const
    all.push({ residentId: of.residentId, observation })
  }
  return all.sort((a, b) => a.observation.receivedAt - b.observation.receivedAt)
}

async function traitsOf(tx: Transaction<Database>, samples: readonly PendingSample[]) {
  const rows = await tx
    .selectFrom('device')
    .select(['device_id', 'resident_id', 'kind', 'model', 'role', 'room'])
    .where('device_id', '=', (eb) => eb.fn.any(eb.val([...new Set(samples.map(({ deviceId }) => deviceId))])))
    .execute()
  return new Map(
    rows.map(({ device_id: deviceId, resident_id: residentId, ...traits }) => {
      const device: DeviceTraits = { deviceId, ...traits }
      return [deviceId, { residentId, device }] as const
    }),
  )
}
