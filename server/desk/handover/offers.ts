import type { Kysely, Transaction } from 'kysely'
import type { CaseConsequence, CaseRow } from '../../cases/rules.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'

type Tx = Transaction<Database>

export interface OpenOffer {
  handoverId: string
  giverId: string
  /** Null: the queue. */
  to: string | null
}

/** The offers of these cases that wait for a signature, by case. The cases are locked: so are their offers. */
export async function openOffers(
  tx: Kysely<Database>,
  rows: readonly Pick<CaseRow, 'case_id'>[],
): Promise<Map<string, OpenOffer>> {
  if (rows.length === 0) return new Map()
  const found = await tx
    .selectFrom('handover_case as c')
    .innerJoin('handover as h', 'h.handover_id', 'c.handover_id')
    .select(['c.case_id', 'c.handover_id', 'c.to_id', 'h.giver_id'])
    .where('c.state', '=', 'offered')
    .where(
      'c.case_id',
      'in',
      rows.map((row) => row.case_id),
    )
    .execute()
  return new Map(
    found.map((row) => [row.case_id, { handoverId: row.handover_id, giverId: row.giver_id, to: row.to_id }]),
  )
}

/** Names of those whose accounts are in use, by id. */
export async function namesOf(db: Kysely<Database>, userIds: readonly string[]): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('app_user')
    .select(['user_id', 'display_name'])
    .where('user_id', 'in', [...userIds])
    .where('enabled', '=', true)
    .execute()
  return new Map(rows.map((row) => [row.user_id, row.display_name]))
}

export type WithdrawnWhy = 'settled' | 'taken' | 'reassigned'

/** Ends an offer that nobody has to sign for any more. @returns whether there was one */
export async function withdrawOffer(
  tx: Tx,
  caseId: string,
  by: { userId: string; now: number },
  why: WithdrawnWhy,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('handover_case')
    .set({ state: 'withdrawn', decided_by: by.userId, decided_at: new Date(by.now), reason: why })
    .where('case_id', '=', caseId)
    .where('state', '=', 'offered')
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/**
 * What an operator's command means for an offer: who claims what was offered to her, or to the queue, has signed for it;
 * another one's claim, and the end of the work, end the offer. A note changes nothing, and neither does the giver's work.
 *
 *   command   by                              offer
 *   claim     to whom it is offered, queue:   accepted
 *             anybody but the giver
 *   claim     anybody else                    withdrawn: taken
 *   resolve   the owner                       withdrawn: settled
 *   others    the owner                       stays; in the queue it goes on waiting
 */
export const handoversEnd: CaseConsequence = {
  name: 'handovers end',
  run: async ({ tx, now, action, current, actorId }, changed) => {
    if (action === 'note' || current.owner_id === null) return
    const offer = (await openOffers(tx, [current])).get(current.case_id)
    if (!offer) return
    const { case_id } = current
    if (action === 'resolve') {
      await withdrawOffer(tx, case_id, { userId: actorId, now }, 'settled')
    } else if (action === 'claim' && actorId !== offer.giverId) {
      if (offer.to === null || offer.to === actorId) await accept(tx, case_id, offer, actorId, now, changed)
      else await withdrawOffer(tx, case_id, { userId: actorId, now }, 'taken')
    } else if (offer.to === null) {
      await tx
        .updateTable('alarm_case')
        .set({ returned_at: new Date(now) })
        .where('case_id', '=', case_id)
        .execute()
    }
  },
}

async function accept(
  tx: Tx,
  caseId: string,
  offer: OpenOffer,
  actorId: string,
  now: number,
  changed: CaseRow,
): Promise<void> {
  const at = new Date(now)
  await tx
    .updateTable('handover_case')
    .set({ state: 'accepted', decided_by: actorId, decided_at: at })
    .where('case_id', '=', caseId)
    .where('state', '=', 'offered')
    .execute()
  await tx.updateTable('alarm_case').set({ returned_at: null }).where('case_id', '=', caseId).execute()
  const fromName = (await namesOf(tx, [offer.giverId])).get(offer.giverId)
  await tx
    .insertInto('case_log')
    .values({
      case_id: caseId,
      at,
      action: 'handover_accepted',
      actor_id: actorId,
      from_state: changed.state,
      to_state: changed.state,
      version: changed.version,
      detail: JSON.stringify({ handoverId: offer.handoverId, from: offer.giverId, fromName }),
    })
    .execute()
}

/**
 * Nobody goes home with a case in hand: each is signed for by a colleague, or waits in the queue for everybody.
 * @throws DomainError cases_in_hand
 */
export async function refuseWithCases(tx: Tx, userId: string): Promise<void> {
  const { n } = await tx
    .selectFrom('alarm_case as c')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('c.owner_id', '=', userId)
    .where('c.state', 'in', ['claimed', 'dispatched', 'on_scene'])
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('handover_case as h')
            .select('h.case_id')
            .whereRef('h.case_id', '=', 'c.case_id')
            .where('h.state', '=', 'offered')
            .where('h.to_id', 'is', null),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  if (n === 0) return
  throw new DomainError(
    'cases_in_hand',
    `${n} open cases are still yours. Hand them over first: to a colleague who signs for them, or to the queue.`,
  )
}
