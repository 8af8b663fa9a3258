import type { Transaction } from 'kysely'
import { foldFindings } from '../cases/fold.ts'
import { type CaseFinding, subjectOf } from '../cases/folded.ts'
import { loadOpenCases, lockSubjects, writeChanges } from '../cases/record.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'

/**
 * Takes findings into the cases, as the intake does: lock → load → fold → write. A condition that an open case has
 * already, because its device has said so itself, is not raised once more.
 * @returns the events, numbered
 */
export async function recordFindings(
  tx: Transaction<Database>,
  findings: readonly CaseFinding[],
  now: number,
): Promise<CaseEvent[]> {
  if (findings.length === 0) return []
  const of = findings.map(({ residentId, finding: { deviceId } }) => ({ residentId, deviceId }))
  await lockSubjects(tx, of.map(subjectOf))
  const standing = await loadOpenCases(tx, of, now)
  const news = findings.filter(({ residentId, finding }) => {
    if (finding.effect !== 'raise' || finding.counted) return true
    const { deviceId, kind } = finding
    const alerts = standing.open.get(subjectOf({ residentId, deviceId }))?.alerts ?? []
    return !alerts.some((one) => one.deviceId === deviceId && one.kind === kind && one.deviceState === 'active')
  })
  return writeChanges(tx, foldFindings(standing.open, news), standing, now)
}
