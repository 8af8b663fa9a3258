import type { Transaction } from 'kysely'
import type { Database } from '../../store/schema.ts'
import type { PendingSample, StoredSignal } from '../records.ts'
import type { Observed } from './judge-subjects.ts'
import type { Owners } from './owners.ts'

/** Signals and samples as detectors see them, in the order of arrival. A sample of a device that is nobody's is left out. */
export async function observed(
  tx: Transaction<Database>,
  owners: Owners,
  signals: readonly StoredSignal[],
  samples: readonly PendingSample[],
  now: number,
): Promise<Observed[]> {
  const all: Observed[] = signals.map(({ residentId, device, signalId, type, occurredAt, receivedAt, detail }) => ({
    residentId,
    observation: { kind: 'signal', signalId, device, type, occurredAt, receivedAt, detail },
  }))
  if (samples.length === 0) return all
  const owned = await owners.load(
    tx,
    samples.map(({ deviceId }) => deviceId),
    now,
  )
  for (const { deviceId, occurredAt, receivedAt, fields } of samples) {
    const of = owned.get(deviceId)
    if (of === undefined || of.residentId === null) continue
    const observation = { kind: 'sample', device: of.device, occurredAt, receivedAt, fields } as const
    all.push({ residentId: of.residentId, observation })
  }
  return all.sort((a, b) => a.observation.receivedAt - b.observation.receivedAt)
}
