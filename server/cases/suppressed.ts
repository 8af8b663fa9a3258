import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { SuppressionKind, SuppressionScope } from '../contract/watch.ts'
import type { Database } from '../store/schema.ts'
import type { CaseChange, FoldedAlert } from './folded.ts'
import { categoryOf } from './urgency.ts'

/**
 * Suppression gates notification, never the record: which case is kept quiet is decided here, in the transaction that
 * writes it, and everything is written as always. docs/adr/0020-suppression.md has the table.
 */
export interface InForce {
  suppressionId: string
  scope: SuppressionScope
  scopeId: string
  kind: SuppressionKind
  reason: string
  /** ISO 8601 */
  until: string
}

/** Where somebody lives, as far as suppressions are about it. */
export interface Place {
  homeId: string | null
  divisionCode: string | null
}

/**
 * Whether one alert is covered. A device on test is silent in everything, it is in somebody's hand. Wider scopes, and
 * maintenance, silence faults alone: whoever calls for help or is in danger is never put off.
 */
export function covers(one: InForce, alert: Pick<FoldedAlert, 'deviceId' | 'kind'>, whose: Whose): boolean {
  if (!isWithin(one, alert.deviceId, whose)) return false
  return (one.kind === 'on_test' && one.scope === 'device') || categoryOf(alert.kind) === 'fault'
}

export interface Whose {
  residentId: string | null
  place: Place | undefined
}

function isWithin({ scope, scopeId }: InForce, deviceId: string, { residentId, place }: Whose): boolean {
  switch (scope) {
    case 'device':
      return deviceId === scopeId
    case 'resident':
      return residentId === scopeId
    case 'home':
      return place?.homeId === scopeId
    case 'division':
      // A child's code begins with its parent's.
      return place?.divisionCode?.startsWith(scopeId) ?? false
  }
}

/**
 * What keeps a case quiet: all its active alerts must be covered (all of them, when none is active any more).
 * @returns the suppression that covers the first of them, or null
 */
export function gateOf(alerts: readonly FoldedAlert[], whose: Whose, inForce: readonly InForce[]): InForce | null {
  const active = alerts.filter(({ deviceState }) => deviceState === 'active')
  let gate: InForce | null = null
  for (const alert of active.length > 0 ? active : alerts) {
    const covering = inForce.find((one) => covers(one, alert, whose))
    if (covering === undefined) return null
    gate ??= covering
  }
  return gate
}

/**
 * Decides for each change whether it is told aloud, and logs when that begins or ends. What has been told aloud once
 * stays so: putting a device on test does not hide the alarm that it gave before.
 */
export async function applySuppressions(
  tx: Transaction<Database>,
  changes: readonly CaseChange[],
  inForce: readonly InForce[],
): Promise<void> {
  const asked = changes.filter(({ told, isNew, case: { suppressionId } }) => told && (isNew || suppressionId !== null))
  if (asked.length === 0) return
  if (inForce.length === 0 && asked.every(({ isNew }) => isNew)) return
  const places = await placesOf(tx, inForce, asked)
  for (const change of asked) {
    const { alerts, residentId, incidentId, suppressionId: before } = change.case
    const gate = gateOf(alerts, { residentId, place: places.get(residentId ?? incidentId ?? '') }, inForce)
    change.case.suppressionId = gate?.suppressionId ?? null
    if (gate !== null && gate.suppressionId !== before) {
      const { suppressionId, kind, reason, until } = gate
      note(change, 'suppressed', { suppressionId, kind, reason, until })
    } else if (gate === null && before !== null) {
      const ended = inForce.some(({ suppressionId }) => suppressionId === before) ? 'other_alert' : 'over'
      note(change, 'notified', { suppressionId: before, ended })
    }
  }
}

function note(change: CaseChange, action: 'suppressed' | 'notified', detail: Record<string, unknown>): void {
  const { caseId, state, version } = change.case
  change.log.push({ caseId, action, fromState: state, toState: state, version, detail })
}

/** Those that have not been ended and whose time is not over, as an expression: a JSON array of `InForce`, or null. */
export function suppressionsInForce(now: number): RawBuilder<unknown> {
  return sql`(
    select jsonb_agg(jsonb_build_object('suppressionId', suppression_id, 'scope', scope, 'scopeId', scope_id,
      'kind', kind, 'reason', reason, 'until', to_char(until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by suppression_id)
    from suppression where ended_at is null and until_at > ${new Date(now)})`
}

async function placesOf(
  tx: Transaction<Database>,
  inForce: readonly InForce[],
  changes: readonly CaseChange[],
): Promise<Map<string, Place>> {
  if (!inForce.some(({ scope }) => scope === 'home' || scope === 'division')) return new Map()
  const residents = changes.flatMap(({ case: { residentId } }) => residentId ?? [])
  const { rows } = await sql<Place & { residentId: string }>`
    select resident_id as "residentId", home.home_id as "homeId", division_code as "divisionCode"
    from resident join home on home.home_id = resident.home_id
    where resident_id = any(${residents}::text[])`.execute(tx)
  const incidents = changes.flatMap(({ case: { incidentId } }) => incidentId ?? [])
  const { rows: areas } = await sql<{ incident_id: string; area_id: string }>`
    select incident_id, area_id from incident
    where area_kind = 'division' and incident_id = any(${incidents}::uuid[])`.execute(tx)
  return new Map([
    ...rows.map(({ residentId, ...place }) => [residentId, place] as const),
    ...areas.map(({ incident_id, area_id }) => [incident_id, { homeId: null, divisionCode: area_id }] as const),
  ])
}
