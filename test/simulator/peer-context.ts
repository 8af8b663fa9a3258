import { pino } from 'pino'
import { systemClock } from '../../server/contract/clock.ts'
import { Journal } from '../../simulator/journal.ts'
import { Ledger } from '../../simulator/ledger.ts'
import type { PeerContext } from '../../simulator/peers/peer.ts'
import { createRandom } from '../../simulator/random.ts'

/** What peers share in a test; everything is quick. */
export function peerContext(more: Partial<PeerContext> = {}): PeerContext {
  return {
    places: { mqttUrl: 'mqtt://127.0.0.1:1', host: '127.0.0.1', watchPort: 1, pendantPort: 1 },
    backoff: { firstMs: 20, mostMs: 60 },
    qos: 0,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    ledger: new Ledger(),
    journal: new Journal(true),
    random: (purpose, { deviceId }) => createRandom(`test/${purpose}/${deviceId}`),
    maxSamples: 100,
    repeatMs: 100,
    ...more,
  }
}

/** What a journal holds, briefly. */
export const told = ({ journal }: PeerContext): string[] =>
  journal.entries.map(({ deviceId, type, fate }) => `${deviceId} ${type} ${fate}`)
