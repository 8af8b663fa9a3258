import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../../contract/clock.ts'
import type { CaseEvent } from '../../contract/push.ts'
import type { Database } from '../../store/schema.ts'
import { type AlarmLane, createAlarmLane } from '../alarm-lane.ts'
import type { CommitDeps } from '../commit.ts'
import { emptyRecord, type PendingSample } from '../records.ts'

/** Readings in one transaction at most. One that is late waits for nobody's life. */
const BATCH = 512
/** Readings wait this long for others: each transaction that is spared is one less that an alarm's meets at the disk. */
const GATHER_MS = 50

export interface SampleLanes {
  /** Resolves when a message's readings have been judged and what was found is committed. */
  judge(samples: readonly PendingSample[]): Promise<void>
  stop(): Promise<void>
}

/**
 * Lanes for readings that detectors look at: like the alarms', with connections of their own, so that no alarm queues behind
 * them. A device's readings always go the same way and keep their order.
 * @param connections one lane each
 */
export function createSampleLanes(
  deps: Omit<CommitDeps, 'db'> & { clock: Clock; log: Logger },
  connections: readonly Kysely<Database>[],
  committed: (events: readonly CaseEvent[]) => void,
): SampleLanes {
  const lanes = connections.map((db) => createAlarmLane({ ...deps, db, batch: BATCH, gatherMs: GATHER_MS }, committed))
  const laneOf = (deviceId: string): AlarmLane => {
    const lane = lanes[hashOf(deviceId) % lanes.length]
    if (lane === undefined) throw new RangeError('there is no lane')
    return lane
  }
  return {
    judge: async (samples) => {
      const byLane = new Map<AlarmLane, PendingSample[]>()
      for (const sample of samples) {
        const lane = laneOf(sample.deviceId)
        const group = byLane.get(lane)
        if (group) group.push(sample)
        else byLane.set(lane, [sample])
      }
      await Promise.all([...byLane].map(([lane, group]) => lane.commit({ ...emptyRecord(), samples: group })))
    },
    stop: async () => {
      await Promise.all(lanes.map((lane) => lane.stop()))
    },
  }
}

/** Spreads ids evenly enough: FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193)
  return hash >>> 0
}
