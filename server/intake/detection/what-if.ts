import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ReplayedFinding, WhatIf, WhatIfAnswer } from '../../contract/detection.ts'
import { DomainError } from '../../contract/errors.ts'
import type { DetectContext, Observation } from '../../contract/observation.ts'
import { reasonView } from '../../contract/reason.ts'
import { type DetectState, type Found, judge, judgeDeadlines } from '../../detect/engine.ts'
import type { Database } from '../../store/schema.ts'
import type { TelemetryStore } from '../../store/telemetry/telemetry.ts'
import { contextWith } from './contexts.ts'
import { readObservations } from './replay.ts'

/** The longest time that is replayed in one request. */
const LONGEST_MS = 60 * 86_400_000
const MOST_FINDINGS = 500
/** Observations judged before others get their turn. */
const CHUNK = 1_000

/**
 * Judges a resident's past anew: with the settings in force, and with other settings of the resident. Nothing is stored.
 * Telemetry keeps no time of arrival: readings are taken as if they had come at once.
 * @throws DomainError not_found, invalid_request
 */
export async function whatIf(
  deps: { db: Kysely<Database>; telemetry: Pick<TelemetryStore, 'query'> },
  residentId: string,
  request: WhatIf,
  now: number,
): Promise<WhatIfAnswer> {
  const [from, to] = [Date.parse(request.from), Math.min(Date.parse(request.to), now)]
  if (from >= to) throw new DomainError('invalid_request', 'The time to replay ends before it begins.')
  if (to - from > LONGEST_MS) throw new DomainError('invalid_request', 'At most 60 days can be replayed at once.')
  const context = await contextWith(deps.db, residentId, 'as they are', now)
  const changed = await contextWith(deps.db, residentId, request.settings, now)
  if (!context || !changed || context.residentId === null) {
    throw new DomainError('not_found', 'There is no such resident.')
  }
  const observations = await readObservations(deps, residentId, context, from, to)
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    signals: observations.filter(({ kind }) => kind === 'signal').length,
    samples: observations.filter(({ kind }) => kind === 'sample').length,
    current: await replay(observations, context, to),
    changed: await replay(observations, changed, to),
  }
}

async function replay(
  observations: readonly Observation[],
  context: DetectContext,
  to: number,
): Promise<ReplayedFinding[]> {
  let state: DetectState = {}
  const found: Found[] = []
  for (let at = 0; at < observations.length && found.length < MOST_FINDINGS; at += CHUNK) {
    const judged = judge(state, observations.slice(at, at + CHUNK), context)
    state = judged.state
    found.push(...judged.found)
    await nextTurn()
  }
  found.push(...judgeDeadlines(state, context, to).found)
  return found.slice(0, MOST_FINDINGS).map(replayed)
}

function replayed({ finding }: Found): ReplayedFinding {
  const isRestore = finding.effect === 'restore'
  const kinds = isRestore ? (finding.kinds === 'all' ? [] : [...finding.kinds]) : [finding.kind]
  return {
    at: new Date(finding.at).toISOString(),
    effect: finding.effect,
    kinds,
    certainty: isRestore ? null : (finding.certainty ?? null),
    severe: isRestore ? null : (finding.severe ?? null),
    deviceId: finding.deviceId,
    reason: reasonView(finding.reason),
  }
}
