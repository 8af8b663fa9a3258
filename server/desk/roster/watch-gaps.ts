import type { Kysely } from 'kysely'
import type { Clock } from '../../contract/clock.ts'
import type { GapBoard } from '../../contract/push.ts'
import type { Database } from '../../store/schema.ts'
import { gapRound } from './gap-round.ts'
import { gapBoard } from './gaps.ts'

/** A gap is known this soon after its time. */
const EVERY_MS = 10_000

/**
 * The recurring look for gaps. Every node tells its own desks, and by comparing what is with what it told last: it does not
 * matter which node found the gap.
 */
export function gapJobs({ db, clock, show }: { db: Kysely<Database>; clock: Clock; show: (board: GapBoard) => void }) {
  let told = ''
  return [
    {
      name: 'duty gaps',
      everyMs: EVERY_MS,
      run: async () => {
        await gapRound(db, clock.now())
        const board = await gapBoard(db, clock.now())
        const text = JSON.stringify(board)
        if (text === told) return
        told = text
        show(board)
      },
    },
  ]
}
