import type { Kysely, Transaction } from 'kysely'
import { ALERT_CLASSES, type AlertKind } from '../contract/kinds.ts'
import type { CaseProtocol, ContactMark, ProtocolStep, RiskLevel, RiskReason, Words } from '../contract/protocol.ts'
import { answerOf, type ProtocolRun, runProtocol } from '../contract/protocol-run.ts'
import { residentRisk } from '../contract/resident-risk.ts'
import type { Database } from '../store/schema.ts'
import { ageAt } from '../store/views.ts'
import { FALLBACK } from './defaults/fallback.ts'
import { type CaseRound, caseRound, contactOf } from './round.ts'
import { validSecond } from './second.ts'
import { versionFor } from './versions.ts'

type Db = Kysely<Database>

/** What of a case decides on its protocol. */
export interface CaseOfProtocol {
  case_id: string
  kind: AlertKind
  resident_id: string | null
  opened_at: Date
}

export interface GivenAnswer {
  stepId: string
  key: number
  at: Date
  by: string | null
  note: string | null
  /** The version of the case that it made. */
  caseVersion: number
}

/** A case's protocol as it stands. */
export interface ProtocolState {
  version: number | null
  number: number | null
  title: Words
  steps: readonly ProtocolStep[]
  kind: AlertKind
  risk: RiskLevel
  reasons: RiskReason[]
  run: ProtocolRun<GivenAnswer>
  round: CaseRound
  contact: ContactMark | null
}

interface Choice {
  kind: AlertKind
  risk: RiskLevel
  reasons: RiskReason[]
  version: number | null
}

/**
 * The protocol of a case: the one that it was given when it was claimed, unless a more urgent alarm has joined it since; then
 * that alarm's. Always the version that was in force when the case was opened.
 */
export async function protocolState(db: Db, of: CaseOfProtocol, now: number): Promise<ProtocolState> {
  const [choice, round, answers] = await Promise.all([
    choose(db, of, now),
    caseRound(db, of.case_id),
    answersOf(db, of.case_id),
  ])
  const content = await contentOf(db, choice.version)
  const given = answers.filter((one) => one.caseVersion > round.since)
  const mine = given.filter((one) => one.version === choice.version)
  const run = runProtocol(content.steps, mine)
  const marks = await marksOf(db, given, choice.version, content.steps)
  if (round.noteMade > 0) marks.push({ contact: 'made', version: round.noteMade })
  if (round.noteNone > 0) marks.push({ contact: 'none', version: round.noteNone })
  return { ...choice, ...content, run, round, contact: contactOf(marks, round.newAlert) }
}

/** The same as the API tells it. */
export async function caseProtocol(db: Db, of: CaseOfProtocol, now: number): Promise<CaseProtocol> {
  const state = await protocolState(db, of, now)
  return {
    version: state.version,
    number: state.number,
    title: state.title,
    kind: state.kind,
    risk: state.risk,
    riskReasons: state.reasons,
    steps: [...state.steps],
    done: state.run.path.map(({ stepId, key, by, at, note }) => ({ stepId, key, by, at: at.toISOString(), note })),
    current: state.run.current?.id ?? null,
    contact: state.contact,
    visited: state.round.arrived > 0,
    second: await validSecond(db, of.case_id, state.round, null, now),
  }
}

/** Writes down which protocol a case has, once. */
export async function keepChoice(tx: Transaction<Database>, of: CaseOfProtocol, now: number): Promise<void> {
  const { kind, risk, reasons, version } = await choose(tx, of, now)
  await tx
    .insertInto('case_protocol')
    .values({ case_id: of.case_id, at: new Date(now), kind, risk, reasons, version })
    .onConflict((on) => on.doNothing())
    .execute()
}

async function choose(db: Db, of: CaseOfProtocol, now: number): Promise<Choice> {
  const [kept, alerts] = await Promise.all([
    db.selectFrom('case_protocol').selectAll().where('case_id', '=', of.case_id).executeTakeFirst(),
    db.selectFrom('alert').select('kind').where('case_id', '=', of.case_id).orderBy('alert_id').execute(),
  ])
  const kind = mostUrgent(
    kept?.kind ?? of.kind,
    alerts.map((alert) => alert.kind),
  )
  if (kept && kept.kind === kind) return kept
  const { risk, reasons } = kept ?? (await riskOf(db, of.resident_id, now))
  const opened = of.opened_at.getTime()
  // A case that is older than all protocols gets what there is.
  const version = (await versionFor(db, kind, risk, opened)) ?? (await versionFor(db, kind, risk, now))
  return { kind, risk, reasons, version }
}

/** The kind whose protocol counts: alerts never leave a case, so it can only become more urgent. Pure. */
export function mostUrgent(kept: AlertKind, alerts: readonly AlertKind[]): AlertKind {
  return alerts.reduce(
    (best, kind) => (ALERT_CLASSES[kind].priority < ALERT_CLASSES[best].priority ? kind : best),
    kept,
  )
}

async function riskOf(db: Db, residentId: string | null, now: number) {
  const row =
    residentId === null
      ? undefined
      : await db
          .selectFrom('resident')
          .leftJoin('resident_protection as protection', 'protection.resident_id', 'resident.resident_id')
          .select(['birth_date', 'ability_level', 'lives_alone', 'conditions', 'hazards', 'unprotected_since'])
          .where('resident.resident_id', '=', residentId)
          .executeTakeFirst()
  return residentRisk(
    row
      ? {
          abilityLevel: row.ability_level,
          age: ageAt(row.birth_date, now),
          livesAlone: row.lives_alone,
          conditions: row.conditions,
          hazards: row.hazards,
          unprotected: row.unprotected_since !== null,
        }
      : null,
  )
}

async function contentOf(db: Db, version: number | null) {
  if (version === null) return { ...FALLBACK, number: null }
  const row = await db
    .selectFrom('protocol_version')
    .select(['content', 'number'])
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  return { title: row.content.title, steps: row.content.steps, number: row.number }
}

type StoredAnswer = GivenAnswer & { version: number | null }

async function answersOf(db: Db, caseId: string): Promise<StoredAnswer[]> {
  const rows = await db
    .selectFrom('case_step')
    .leftJoin('app_user', 'app_user.user_id', 'case_step.user_id')
    .selectAll('case_step')
    .select('app_user.display_name')
    .where('case_id', '=', caseId)
    .orderBy('step_no')
    .execute()
  return rows.map((row) => ({
    version: row.version,
    stepId: row.step_id,
    key: row.key,
    at: row.at,
    by: row.display_name,
    note: row.note,
    caseVersion: row.case_version,
  }))
}

/** What the answers that still count say of contact, under whichever protocol they were given. */
async function marksOf(
  db: Db,
  given: readonly StoredAnswer[],
  version: number | null,
  steps: readonly ProtocolStep[],
): Promise<{ contact: ContactMark; version: number }[]> {
  const marks: { contact: ContactMark; version: number }[] = []
  for (const used of new Set(given.map((one) => one.version))) {
    const its = used === version ? steps : (await contentOf(db, used)).steps
    const { path } = runProtocol(
      its,
      given.filter((one) => one.version === used),
    )
    for (const one of path) {
      const contact = answerOf(its, one)?.contact ?? null
      if (contact !== null) marks.push({ contact, version: one.caseVersion })
    }
  }
  return marks
}
