import { type RawBuilder, sql } from 'kysely'
import type { CasePurpose } from '../contract/purpose.ts'
import { DRILL_DEVICE, SELF_TEST_DEVICE } from '../contract/purpose.ts'
import type { CaseChange, FoldedAlert } from './folded.ts'

/**
 * A case is a drill's only while all its alerts are: raised by a supervisor in a drill that runs, or by a device of a home
 * in which nobody lives and that takes part in it. Whatever else joins it makes it real at once, and for good.
 */
export interface DrillMark {
  drillId: string
  residentId: string
  /** Nobody lives there. */
  virtual: boolean
}

/** Who of these takes part in a drill that runs, as an expression: a JSON array of `DrillMark`, or null. */
export function drillsInForce(residentIds: readonly string[], now: number): RawBuilder<unknown> {
  const at = new Date(now)
  return sql`(
    select jsonb_agg(jsonb_build_object('drillId', d.drill_id, 'residentId', r.resident_id, 'virtual', r.virtual)
      order by d.drill_id)
    from drill d join drill_resident r on r.drill_id = d.drill_id
    where d.ended_at is null and d.until_at > ${at} and d.from_at <= ${at}
      and r.resident_id = any(${[...residentIds]}::text[]))`
}

/** Whether a case may reach anybody outside the centre: calls, messages, dispatch, words for devices. */
export const mayGoOutside = ({ purpose }: { purpose: CasePurpose }): boolean => purpose === 'real'

/** Decides what each change is for, and logs when a drill's case becomes real. */
export function applyPurposes(changes: readonly CaseChange[], marks: readonly DrillMark[]): void {
  for (const change of changes) {
    const { case: one, isNew } = change
    if (isNew) Object.assign(one, purposeOf(one.alerts, one.residentId, marks))
    else if (one.purpose === 'drill' && change.told && !allOfDrill(one.alerts, one.residentId, marks)) {
      one.purpose = 'real'
      const { caseId, state, version } = one
      const detail = { drillId: one.drillId }
      change.log.push({ caseId, action: 'drill_upgraded', fromState: state, toState: state, version, detail })
    }
  }
}

function purposeOf(
  alerts: readonly FoldedAlert[],
  residentId: string | null,
  marks: readonly DrillMark[],
): { purpose: CasePurpose; drillId: string | null } {
  if (residentId === null && alerts.every(({ deviceId }) => deviceId === SELF_TEST_DEVICE)) {
    return { purpose: 'self_test', drillId: null }
  }
  const mark = marks.find((one) => one.residentId === residentId)
  return mark !== undefined && allOfDrill(alerts, residentId, marks)
    ? { purpose: 'drill', drillId: mark.drillId }
    : { purpose: 'real', drillId: null }
}

function allOfDrill(alerts: readonly FoldedAlert[], residentId: string | null, marks: readonly DrillMark[]): boolean {
  const own = marks.filter((one) => one.residentId === residentId)
  if (own.length === 0) return false
  return own.some(({ virtual }) => virtual) || alerts.every(({ deviceId }) => deviceId === DRILL_DEVICE)
}
