import type { Transaction } from 'kysely'
import { type CaseFinding, subjectOf } from '../../cases/folded.ts'
import { lockSubjects } from '../../cases/record.ts'
import type { DetectContext, Observation } from '../../contract/observation.ts'
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
import { loadStates, type NewState, writeStates } from './states.ts'

/** An observation, and whom it is about. */
export interface Observed {
  residentId: string | null
  observation: Observation
}

export interface Judgement {
  findings: CaseFinding[]
  failures: readonly DetectorFailure[]
}

/**
 * Judges observations: lock the subjects → what is known of them → what the detectors remember → judge → remember. The
 * locks hold until the end of the transaction.
 * @param observed in the order of arrival
 */
export async function judgeObserved(
  tx: Transaction<Database>,
  contexts: Contexts,
  observed: readonly Observed[],
  now: number,
): Promise<Judgement> {
  const bySubject = new Map<string, { subject: Subject; seen: Observation[] }>()
  for (const { residentId, observation } of observed) {
    const { deviceId } = observation.device
    const subject = subjectOf({ residentId, deviceId })
    const entry = bySubject.get(subject)
    if (entry) entry.seen.push(observation)
    else bySubject.set(subject, { subject: { subject, residentId, deviceId }, seen: [observation] })
  }
  const subjects = [...bySubject.values()].map(({ subject }) => subject)
  return judgeSubjects(tx, contexts, subjects, now, (subject, state, context) =>
    judge(state, bySubject.get(subject)?.seen ?? [], context),
  )
}

/** Meets the deadlines of subjects that have come. */
export async function judgeDue(
  tx: Transaction<Database>,
  contexts: Contexts,
  subjects: readonly Subject[],
  now: number,
): Promise<Judgement> {
  // Written in any case: with other settings than before the deadline may lie elsewhere now.
  const decide: Decide = (_subject, state, context) => ({ ...judgeDeadlines(state, context, now), always: true })
  return judgeSubjects(tx, contexts, subjects, now, decide)
}

type Decide = (subject: string, state: DetectState, context: DetectContext) => Judged & { always?: boolean }

async function judgeSubjects(
  tx: Transaction<Database>,
  contexts: Contexts,
  subjects: readonly Subject[],
  now: number,
  decide: Decide,
): Promise<Judgement> {
  const names = subjects.map(({ subject }) => subject).sort()
  await lockSubjects(tx, names)
  const known = await contexts.load(tx, subjects, now)
  const states = await loadStates(tx, names)
  const findings: CaseFinding[] = []
  const failures: DetectorFailure[] = []
  const changed: NewState[] = []
  for (const one of subjects) {
    const context = known.get(one.subject)
    if (!context) throw new Error('a subject without a context')
    const before = states.get(one.subject)
    const judged = decide(one.subject, before ?? {}, context)
    failures.push(...judged.failures)
    for (const { seen, now: foundAt, finding } of judged.found) {
      const signalId = seen?.kind === 'signal' ? seen.signalId : null
      findings.push({ signalId, residentId: one.residentId, finding, foundAt })
    }
    if (judged.always || hasChanged(before, judged.state)) {
      changed.push({ ...one, state: judged.state, dueAt: nextDeadline(judged.state, context) })
    }
  }
  await writeStates(tx, changed)
  return { findings, failures }
}

/** Detectors give back the very state that they were given when nothing is new. */
function hasChanged(before: DetectState | undefined, after: DetectState): boolean {
  const names = Object.keys(after)
  if (before === undefined) return names.length > 0
  return names.length !== Object.keys(before).length || names.some((name) => before[name] !== after[name])
}
