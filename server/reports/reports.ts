import type { Kysely } from 'kysely'
import type { Clock } from '../contract/clock.ts'
import type { Database } from '../store/schema.ts'
import { recordDevices } from './monthly/devices.ts'
import { takeOverWords } from './search/words.ts'

/** The recurring work behind search and reports. Any node may do any of it. */
export function createReports({ db, clock }: { db: Kysely<Database>; clock: Clock }) {
  return {
    jobs: [
      { name: 'words before', everyMs: 1_000, run: () => takeOverWords(db) },
      { name: 'devices of the month', everyMs: 600_000, run: () => recordDevices(db, clock.now()) },
    ],
  }
}
