import type { AlertKind, CaseCategory, Certainty } from '../contract/case.ts'
import { ALERT_CLASSES } from '../contract/kinds.ts'

/** Kinds that are judged by what else is seen; for the others a device's word is all there is. */
const JUDGED: ReadonlySet<AlertKind> = new Set(['fall', 'wander'])

/** Whether somebody waits for help: she is told how far it has come. A flat battery is told nothing. */
export function awaitsHelp(category: CaseCategory): boolean {
  return category === 'emergency' || category === 'help'
}

export const categoryOf = (kind: AlertKind): CaseCategory => ALERT_CLASSES[kind].category

export interface AlertState {
  kind: AlertKind
  deviceId: string
  deviceState: 'active' | 'restored'
  certainty: Certainty
  severe: boolean
}

export interface Urgency {
  kind: AlertKind
  deviceId: string
  category: CaseCategory
  priority: number
  cancelled: boolean
}

/**
 * A case's urgency is that of its most urgent active alert; the earlier one wins a tie. When all are restored the most
 * urgent kind stays, one step lower: a cancelled alarm still wants an answer. What is merely possible is one step lower
 * too, unless somebody does not get up again.
 * @param alerts in the order in which they were raised, at least one
 */
export function urgencyOf(alerts: readonly AlertState[]): Urgency {
  const active = alerts.filter((alert) => alert.deviceState === 'active')
  const cancelled = active.length === 0
  const [first, ...rest] = cancelled ? alerts : active
  if (!first) throw new RangeError('a case has at least one alert')
  const lead = rest.reduce((best, alert) => (priorityOf(alert) < priorityOf(best) ? alert : best), first)
  const priority = priorityOf(lead)
  return {
    kind: lead.kind,
    deviceId: lead.deviceId,
    category: categoryOf(lead.kind),
    priority: cancelled ? Math.min(priority + 1, 5) : priority,
    cancelled,
  }
}

function priorityOf({ kind, certainty, severe }: AlertState): number {
  const { priority } = ALERT_CLASSES[kind]
  return certainty === 'possible' && !severe && JUDGED.has(kind) ? priority + 1 : priority
}
