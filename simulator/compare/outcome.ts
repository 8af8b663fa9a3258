import type { Entry, Journal } from '../journal.ts'
import type { SimulatorStatus } from '../simulator.ts'
import { type Matching, match, type Recorded } from './match.ts'
import { type TelemetryOutcome, telemetryText } from './telemetry.ts'

/** How what was told by one protocol, of one type, compares with what was recorded. */
export interface Row {
  protocol: string
  type: string
  /** Told by devices, but for what the platform tells or not depending on what it knew before. */
  sent: number
  /** Null: the protocol acknowledges nothing. */
  acknowledged: number | null
  recorded: number
  /** Not recorded although it must have been. */
  missing: number
  /** Recorded, and told by nobody. */
  extra: number
  /** Not recorded, and nobody can know whether it arrived: the connection was lost just after. */
  doubtful: number
}

export interface Outcome {
  rows: Row[]
  missing: readonly Entry[]
  extra: readonly Recorded[]
  /** Nothing lost, nothing invented, nothing that should not have been. */
  isClean: boolean
}

/** Protocols whose devices keep an alarm until it is acknowledged. */
const ACKNOWLEDGED: ReadonlySet<string> = new Set(['native', 'owntracks', 'watch', 'minifinder2'])

/**
 * Compares a run's journal with what the platform recorded of its devices.
 * @param protocolOf the protocol of each device
 */
export function outcomeOf(
  journal: Journal,
  recorded: readonly Recorded[],
  protocolOf: (deviceId: string) => string,
  slackMs: number,
): Outcome {
  const matching = match(journal.entries, recorded, slackMs)
  const missing = journal.entries.filter((entry) => entry.fate === 'due' && !matching.matched.has(entry))
  const rows = rowsOf(journal.entries, matching, protocolOf)
  const { extra } = matching
  const isWaiting = journal.entries.some(({ fate }) => fate === 'waiting')
  const isClean = missing.length === 0 && extra.length === 0 && journal.problems.length === 0 && !isWaiting
  return { rows, missing, extra, isClean }
}

function rowsOf(entries: readonly Entry[], { matched, extra }: Matching, protocolOf: (id: string) => string): Row[] {
  const rows = new Map<string, Row>()
  const row = (protocol: string, type: string): Row => {
    const name = `${protocol}\n${type}`
    const found = rows.get(name)
    if (found) return found
    const acknowledged = ACKNOWLEDGED.has(protocol) ? 0 : null
    const made = { protocol, type, sent: 0, acknowledged, recorded: 0, missing: 0, extra: 0, doubtful: 0 }
    rows.set(name, made)
    return made
  }
  for (const entry of entries) {
    const isRecorded = matched.has(entry)
    if (entry.fate === 'possible' && !isRecorded) continue
    const of = row(entry.protocol, entry.type)
    of.sent++
    if (isRecorded) of.recorded++
    else if (entry.fate === 'due') of.missing++
    else of.doubtful++
    if (of.acknowledged !== null && entry.acknowledged) of.acknowledged++
  }
  for (const { deviceId, type } of extra) {
    const of = row(protocolOf(deviceId), type)
    of.recorded++
    of.extra++
  }
  return [...rows.values()].sort((a, b) => compareText(a.protocol, b.protocol) || compareText(a.type, b.type))
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const COLUMNS = ['sent', 'acknowledged', 'recorded', 'missing', 'extra', 'doubtful'] as const
const MOST_NAMED = 10

/** The report at the end of a run, as text. */
export function outcomeText(
  outcome: Outcome,
  stored: TelemetryOutcome,
  journal: Journal,
  { dropped, waiting, byType, cuts }: SimulatorStatus,
): string {
  const { rows, missing, extra } = outcome
  const head = ['protocol', 'type', ...COLUMNS.map((name) => (name === 'doubtful' ? 'in doubt' : name))]
  const cells = rows.map((row) => [row.protocol, row.type, ...COLUMNS.map((name) => String(row[name] ?? '-'))])
  const telemetry = byType.telemetry ?? { sent: 0, acknowledged: 0 }
  const feedback = journal.feedback().map(([what, times]) => `${what} ${times}`)
  const untold = [...journal.untoldCounts()].map(([protocol, count]) => `${protocol} ${count}`)
  return [
    ...table([head, ...cells]),
    `Telemetry: ${telemetry.sent} samples sent, ${telemetry.acknowledged} acknowledged, ${dropped} dropped at the bound.`,
    ...telemetryText(stored),
    ...(cuts > 0 ? [`Homes were cut off ${cuts} times.`] : []),
    ...(feedback.length > 0 ? [`Devices were told: ${feedback.slice(0, 20).join(', ')}.`] : []),
    ...(untold.length > 0 ? [`Never told, for want of a connection and a memory: ${untold.join(', ')}.`] : []),
    ...named('Missing', missing, ({ deviceId, type, from }) => `${type} of ${deviceId} at ${iso(from)}`),
    ...named('Extra', extra, ({ deviceId, type, receivedAt }) => `${type} of ${deviceId} at ${iso(receivedAt)}`),
    ...named('Wrong', journal.problems, ({ deviceId, text }) => `${deviceId}: ${text}`),
    ...(waiting > 0 ? [`${waiting} messages were not acknowledged.`] : []),
    outcome.isClean && stored.wrong.length === 0 && waiting === 0
      ? 'Nothing lost, nothing invented.'
      : 'NOT all as it should be.',
  ].join('\n')
}

function named<T>(title: string, items: readonly T[], text: (item: T) => string): string[] {
  if (items.length === 0) return []
  const more = items.length > MOST_NAMED ? [`  and ${items.length - MOST_NAMED} more`] : []
  return [`${title} (${items.length}):`, ...items.slice(0, MOST_NAMED).map((item) => `  ${text(item)}`), ...more]
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** Columns as wide as they need to be: the first two to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
