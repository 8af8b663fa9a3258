import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { DeskSettings } from '../contract/desk-settings.ts'
import type { Database } from '../store/schema.ts'
import { distribute } from './distribute.ts'
import { hasWork, openOffers, readyOperators, type WaitingRow, waitingCases } from './offer-rows.ts'
import { nextStep, type OpenOffer } from './offers.ts'
import { deskSettings } from './settings.ts'

type Tx = Transaction<Database>
type Rules = DeskSettings['distribution']

export interface RoundResult {
  offered: number
  reminded: number
  passed: number
  withdrawn: number
}

const NOTHING: RoundResult = { offered: 0, reminded: 0, passed: 0, withdrawn: 0 }

/**
 * One round: ends or reminds what is due, then offers what waits. Any node may do it, one at a time: whom to ask is a
 * question about all cases and all operators together. All times are columns, so that a restart loses nothing.
 */
export async function offerRound(db: Kysely<Database>, now: number): Promise<RoundResult> {
  if (!(await hasWork(db))) return NOTHING
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('case_offer'), 0)`.execute(tx)
    const { distribution } = await deskSettings(tx)
    const followed = await followUp(tx, distribution, now)
    const offered = distribution.on ? await offerAround(tx, distribution, now) : 0
    return { ...followed, offered }
  })
}

async function followUp(tx: Tx, rules: Rules, now: number): Promise<Omit<RoundResult, 'offered'>> {
  const done = { reminded: 0, passed: 0, withdrawn: 0 }
  for (const offer of await openOffers(tx)) {
    const step = nextStep(offer, rules, now)
    if (step.step === 'none') continue
    if (step.step === 'remind') {
      done.reminded += await change(tx, offer, { reminded_at: new Date(now) })
      continue
    }
    if (step.outcome === 'accepted') continue
    done[step.outcome] += await change(tx, offer, {
      ended_at: new Date(now),
      outcome: step.outcome,
      ended_why: step.why,
    })
  }
  return done
}

/** Changes an offer that is still open. @returns how many: 0 when a claim was quicker */
async function change(
  tx: Tx,
  { offerId }: OpenOffer,
  set: Partial<{ reminded_at: Date; ended_at: Date; outcome: 'passed' | 'withdrawn'; ended_why: OfferWhy }>,
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('case_offer')
    .set(set)
    .where('offer_id', '=', offerId)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

type OfferWhy = Extract<ReturnType<typeof nextStep>, { step: 'end' }>['why']

async function offerAround(tx: Tx, rules: Rules, now: number): Promise<number> {
  const operators = await readyOperators(tx, now)
  if (operators.length === 0) return 0
  const waiting = await waitingCases(tx, rules.followMinutes, now)
  const byId = new Map(waiting.map((row) => [row.caseId, row]))
  const { offers, exhausted } = distribute(waiting, operators, rules, now)
  const still = await stillWaiting(tx, [...offers.map(({ caseId }) => caseId), ...exhausted])
  const made = offers.filter(({ caseId }) => still.has(caseId))
  if (made.length > 0) {
    await tx
      .insertInto('case_offer')
      .values(
        made.map(({ caseId, userId }) => ({
          offer_id: uuidv7(),
          case_id: caseId,
          user_id: userId,
          round: byId.get(caseId)?.round ?? 1,
          offered_at: new Date(now),
          remind_due: new Date(now + rules.remindSeconds * 1000),
          pass_due: new Date(now + rules.passSeconds * 1000),
        })),
      )
      .execute()
  }
  for (const caseId of exhausted) {
    const row = byId.get(caseId)
    if (row && still.has(caseId)) await openToAll(tx, row, rules, now)
  }
  return made.length
}

/** Which of them nobody has taken in this moment. Whoever takes one now waits until the offer is written, and then ends it. */
async function stillWaiting(tx: Tx, caseIds: readonly string[]): Promise<Set<string>> {
  if (caseIds.length === 0) return new Set()
  const { rows } = await sql<{ case_id: string }>`
    select case_id from alarm_case where case_id = any(${[...caseIds]}::uuid[]) and suppression_id is null
      and (state = 'new' or (returned_at is not null and state in ('claimed', 'dispatched', 'on_scene')))
    for key share skip locked`.execute(tx)
  return new Set(rows.map(({ case_id }) => case_id))
}

async function openToAll(tx: Tx, { caseId, category, round }: WaitingRow, rules: Rules, now: number): Promise<void> {
  const at = new Date(now)
  const next = { round: round + 1, again_due: new Date(now + rules.againSeconds[category] * 1000) }
  await tx
    .insertInto('case_distribution')
    .values({ case_id: caseId, open_at: at, ...next })
    .onConflict((conflict) =>
      conflict
        .column('case_id')
        .doUpdateSet((eb) => ({ ...next, open_at: eb.fn.coalesce('case_distribution.open_at', eb.val(at)) })),
    )
    .execute()
}
