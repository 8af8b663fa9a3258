import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { rowEvent } from '../../cases/event.ts'
import { decideOwnershipOrThrow, lockCases, type OwnershipChange, writeOwnership } from '../../cases/ownership.ts'
import type { CaseRow } from '../../cases/rules.ts'
import { DomainError } from '../../contract/errors.ts'
import type { NewHandover } from '../../contract/handover.ts'
import type { CaseEvent } from '../../contract/push.ts'
import { appendOutbox } from '../../store/outbox.ts'
import type { Database } from '../../store/schema.ts'
import { namesOf, openOffers } from './offers.ts'

type Tx = Transaction<Database>

interface By {
  userId: string
  now: number
}

/** What came of it: the sheet, and the events for after the commit. */
export interface HandedOver {
  handoverId: string
  events: CaseEvent[]
}

/**
 * Offers cases to colleagues or the queue. They stay with the giver until somebody signs for them; what is offered to the
 * queue waits there on top and is signed for by claiming it.
 * @throws DomainError not_found, not_owner, wrong_state; invalid_request for a receiver who can't be one
 */
export async function offerHandover(db: Kysely<Database>, { note, cases }: NewHandover, by: By): Promise<HandedOver> {
  refuseDoubles(cases)
  return db.transaction().execute(async (tx) => {
    const rows = await lockCases(
      tx,
      cases.map(({ caseId }) => caseId),
    )
    const offers = await openOffers(tx, rows)
    const names = await receivers(tx, cases, by.userId)
    const handoverId = uuidv7()
    const at = new Date(by.now)
    await tx
      .insertInto('handover')
      .values({ handover_id: handoverId, giver_id: by.userId, at, note: note?.trim() || null })
      .execute()
    const changed: CaseRow[] = []
    for (const row of rows) {
      const said = cases.find(({ caseId }) => caseId === row.case_id)
      if (!said) continue
      decideOwnershipOrThrow(inputOf(row, offers.get(row.case_id)?.to), 'offer', by.userId)
      const { to } = said
      const text = said.note.trim()
      await tx
        .insertInto('handover_case')
        .values({ handover_id: handoverId, case_id: row.case_id, to_id: to, note: text, state: 'offered' })
        .execute()
      const detail = { handoverId, to, toName: to === null ? null : names.get(to), note: text }
      const change: OwnershipChange = { action: 'handover_offered', actorId: by.userId, detail }
      changed.push(await writeOwnership(tx, row, to === null ? { ...change, returnedAt: at } : change, by.now))
    }
    return { handoverId, events: await told(tx, changed, by.now) }
  })
}

export const inputOf = ({ state, owner_id }: CaseRow, offeredTo: string | null | undefined) => ({
  state,
  ownerId: owner_id,
  offeredTo,
})

const told = (tx: Tx, rows: readonly CaseRow[], now: number): Promise<CaseEvent[]> =>
  appendOutbox(
    tx,
    rows.map((row) => rowEvent(row, now)),
    now,
  )

function refuseDoubles(cases: NewHandover['cases']): void {
  const errors = cases.flatMap(({ caseId }, n) =>
    cases.findIndex((one) => one.caseId === caseId) < n
      ? [{ field: `cases.${n}.caseId`, message: 'this case is in the list twice' }]
      : [],
  )
  if (errors.length > 0) throw new DomainError('invalid_request', 'A case can be handed over once only.', { errors })
}

async function receivers(tx: Tx, cases: NewHandover['cases'], giverId: string): Promise<Map<string, string>> {
  const names = await namesOf(
    tx,
    cases.flatMap(({ to }) => to ?? []),
  )
  const errors = cases.flatMap(({ to }, n) => {
    if (to === null || (to !== giverId && names.has(to))) return []
    const message = to === giverId ? 'the giver herself' : 'no such operator, or her account is disabled'
    return [{ field: `cases.${n}.to`, message }]
  })
  if (errors.length > 0) throw new DomainError('invalid_request', 'Not everybody can take a case over.', { errors })
  return names
}

export type Signature = 'accept' | 'decline' | 'withdraw'

/**
 * Signs for cases of a sheet, each or none: the receiver accepts or declines, the giver takes back. An accepted case is the
 * receiver's from this moment, in the state in which it is.
 * @throws DomainError not_found; wrong_state when one of them is not offered to (or by) this operator any more
 */
export async function signHandover(
  db: Kysely<Database>,
  { handoverId, caseIds, reason }: { handoverId: string; caseIds: readonly string[]; reason: string | null },
  signature: Signature,
  by: By,
): Promise<CaseEvent[]> {
  return db.transaction().execute(async (tx) => {
    const rows = await lockCases(tx, caseIds)
    const offers = await openOffers(tx, rows)
    const changed: CaseRow[] = []
    for (const row of rows) {
      const offer = offers.get(row.case_id)
      decideOwnershipOrThrow(
        inputOf(row, offer?.handoverId === handoverId ? offer.to : undefined),
        signature,
        by.userId,
      )
      await tx
        .updateTable('handover_case')
        .set({ state: STATES[signature], decided_by: by.userId, decided_at: new Date(by.now), reason })
        .where('handover_id', '=', handoverId)
        .where('case_id', '=', row.case_id)
        .execute()
      changed.push(
        await writeOwnership(tx, row, await changeOf(tx, row, signature, { handoverId, reason, by }), by.now),
      )
    }
    return told(tx, changed, by.now)
  })
}

const STATES = { accept: 'accepted', decline: 'declined', withdraw: 'withdrawn' } as const

async function changeOf(
  tx: Tx,
  row: CaseRow,
  signature: Signature,
  { handoverId, reason, by }: { handoverId: string; reason: string | null; by: By },
): Promise<OwnershipChange> {
  const actorId = by.userId
  switch (signature) {
    case 'accept': {
      const from = row.owner_id ?? ''
      const fromName = (await namesOf(tx, [from])).get(from)
      return { action: 'handover_accepted', actorId, detail: { handoverId, from, fromName }, ownerId: actorId }
    }
    case 'decline':
      return { action: 'handover_declined', actorId, detail: { handoverId, reason } }
    case 'withdraw':
      return { action: 'handover_withdrawn', actorId, detail: { handoverId, why: 'giver' }, returnedAt: null }
  }
}
