import type { Transaction } from 'kysely'
import { foldFindings } from '../../cases/fold.ts'
import { type CaseFinding, subjectOf } from '../../cases/folded.ts'
import { loadOpenCases, writeChanges } from '../../cases/record.ts'
import type { DetectContext, Observation } from '../../contract/observation.ts'
import type { CaseEvent } from '../../contract/push.ts'
import {
  type DetectorFailure,
  type DetectState,
  type Judged,
  judge,
  judgeDeadlines,
  nextDeadline,
} from '../../detect/engine.ts'
import type { Database } from '../../store/schema.ts'
import type { Contexts, Subject } from './contexts.ts'
import { loadStates, type NewState, rememberStates } from './states.ts'

/** An observation, and whom it is about. */
export interface Observed {
  residentId: string | null
  observation: Observation
}

export interface Recorded {
  /** Numbered. */
  events: CaseEvent[]
  failures: readonly DetectorFailure[]
}

/**
 * Judges observations and takes what is found into the cases: lock the subjects → what is known of them → what the
 * detectors remember → judge → record and remember. The locks hold until the end of the transaction.
 * @param observed in the order of arrival
 */
export async function judgeObserved(
  tx: Transaction<Database>,
  contexts: Contexts,
  observed: readonly Observed[],
  now: number,
): Promise<Recorded> {
  const bySubject = new Map<string, { subject: Subject; seen: Observation[] }>()
  for (const { residentId, observation } of observed) {
    const { deviceId } = observation.device
    const subject = subjectOf({ residentId, deviceId })
    const entry = bySubject.get(subject)
    if (entry) entry.seen.push(observation)
    else bySubject.set(subject, { subject: { subject, residentId, deviceId }, seen: [observation] })
  }
  const subjects = [...bySubject.values()].map(({ subject }) => subject)
  const judged = await judgeSubjects(tx, contexts, subjects, now, (subject, state, context) =>
    judge(state, bySubject.get(subject)?.seen ?? [], context),
  )
  return record(tx, judged, 'not later', now)
}

/** Meets the deadlines of subjects that have come. */
export async function judgeDue(
  tx: Transaction<Database>,
  contexts: Contexts,
  subjects: readonly Subject[],
  now: number,
): Promise<Recorded> {
  // Written in any case: with other settings than before the deadline may lie elsewhere now.
  const decide: Decide = (_subject, state, context) => ({ ...judgeDeadlines(state, context, now), always: true })
  return record(tx, await judgeSubjects(tx, contexts, subjects, now, decide), 'exact', now)
}

type Decide = (subject: string, state: DetectState, context: DetectContext) => Judged & { always?: boolean }

interface Judgement {
  findings: CaseFinding[]
  failures: readonly DetectorFailure[]
  /** Those that have changed. */
  states: NewState[]
}

async function judgeSubjects(
  tx: Transaction<Database>,
  contexts: Contexts,
  subjects: readonly Subject[],
  now: number,
  decide: Decide,
): Promise<Judgement> {
  const known = await contexts.lockAndLoad(tx, subjects, now)
  const before = await loadStates(
    tx,
    subjects.map(({ subject }) => subject),
  )
  const findings: CaseFinding[] = []
  const failures: DetectorFailure[] = []
  const states: NewState[] = []
  for (const one of subjects) {
    const context = known.get(one.subject)
    if (!context) throw new Error('a subject without a context')
    const state = before.get(one.subject)
    const judged = decide(one.subject, state ?? {}, context)
    failures.push(...judged.failures)
    for (const { seen, now: foundAt, finding } of judged.found) {
      const signalId = seen?.kind === 'signal' ? seen.signalId : null
      findings.push({ signalId, residentId: one.residentId, finding, foundAt })
    }
    if (judged.always || hasChanged(state, judged.state)) {
      states.push({ ...one, state: judged.state, dueAt: nextDeadline(judged.state, context) })
    }
  }
  return { findings, failures, states }
}

/** Detectors give back the very state that they were given when nothing is new. */
function hasChanged(before: DetectState | undefined, after: DetectState): boolean {
  const names = Object.keys(after)
  if (before === undefined) return names.length > 0
  return names.length !== Object.keys(before).length || names.some((name) => before[name] !== after[name])
}

async function record(
  tx: Transaction<Database>,
  { findings, failures, states }: Judgement,
  deadlines: 'exact' | 'not later',
  now: number,
): Promise<Recorded> {
  const remember = states.length > 0 ? rememberStates(states, deadlines) : null
  if (findings.length > 0) {
    const standing = await loadOpenCases(tx, findings.map(concerned), now)
    const changes = foldFindings(standing.open, findings)
    // What the detectors remember is written with what they found: each round trip is time that somebody lies on the floor.
    if (changes.length > 0) return { events: await writeChanges(tx, changes, standing, now, remember), failures }
  }
  await remember?.execute(tx)
  return { events: [], failures }
}

/** Whom a finding concerns. */
const concerned = ({ residentId, finding: { deviceId } }: CaseFinding) => ({ residentId, deviceId })
