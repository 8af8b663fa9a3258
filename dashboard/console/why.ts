import type { AlertView, CaseSummary, Certainty } from '../../server/contract/case.ts'

/** The sign beside the word: certainty is never told by colour alone. */
export const CERTAINTY_SIGN: Readonly<Record<Certainty, string>> = { possible: '?', likely: '◐', confirmed: '✓' }

/** The alert that the case is named after; of several of its kind the one of the case's device. */
export function leadAlert(
  item: Pick<CaseSummary, 'kind' | 'deviceId'>,
  alerts: readonly AlertView[],
): AlertView | undefined {
  return (
    alerts.find(({ kind, deviceId }) => kind === item.kind && deviceId === item.deviceId) ??
    alerts.find(({ kind }) => kind === item.kind) ??
    alerts[0]
  )
}

/** As they are read: the lead one first, then what still lasts, then the latest. */
export function alertOrder(
  item: Pick<CaseSummary, 'kind' | 'deviceId'>,
  alerts: readonly AlertView[],
): readonly AlertView[] {
  const lead = leadAlert(item, alerts)
  return alerts.toSorted(
    (a, b) =>
      Number(b === lead) - Number(a === lead) ||
      Number(a.deviceState === 'restored') - Number(b.deviceState === 'restored') ||
      Date.parse(b.lastSignalAt) - Date.parse(a.lastSignalAt),
  )
}
