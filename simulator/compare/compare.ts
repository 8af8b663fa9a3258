import { setTimeout as pause } from 'node:timers/promises'
import type { Platform } from '../platform.ts'
import type { Simulator } from '../simulator.ts'
import type { Recorded } from './match.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { compareTelemetry, type TelemetryOutcome } from './telemetry.ts'

/** By which a busy platform may be late, or the two machines' clocks may differ after correction. */
const SLACK_MS = 30_000
/** What is missing may still be under way: it is looked for until it has stayed the same for so many looks. */
const STEADY_LOOKS = 4

export interface CompareOptions {
  /** When the run began, ms since the epoch, this machine's clock. */
  startedAt: number
  settleMs: number
  onProgress: (line: string) => void
}

export interface Comparison {
  outcome: Outcome
  telemetry: TelemetryOutcome
  recorded: Recorded[]
}

/** Reads what the platform has recorded of the simulator's devices, and compares it with what they have told. */
export async function compareWith(
  platform: Platform,
  simulator: Simulator,
  { startedAt, settleMs, onProgress }: CompareOptions,
): Promise<Comparison> {
  const { journal } = simulator
  const protocolOf = (deviceId: string) => simulator.peerOf(deviceId)?.protocol ?? 'unknown'
  let [before, steady] = [-1, 0]
  for (;;) {
    await pause(settleMs)
    const { clockAheadMs } = platform
    const all = await platform.signals(startedAt + clockAheadMs, (signals) => {
      if (signals % 5_000 === 0) onProgress(`Comparing: ${signals} signals read`)
    })
    const recorded = all
      .filter(({ deviceId }) => simulator.peerOf(deviceId) !== null)
      .map((signal) => ({ ...signal, receivedAt: signal.receivedAt - clockAheadMs }))
    onProgress(`Comparing: ${recorded.length} signals recorded, ${journal.entries.length} told`)
    const outcome = outcomeOf(journal, recorded, protocolOf, SLACK_MS)
    const telemetry = await compareTelemetry(platform, journal)
    const missing = outcome.missing.length + Math.abs(telemetry.acknowledged - telemetry.stored)
    steady = missing === before ? steady + 1 : 1
    before = missing
    if (missing === 0 || steady === STEADY_LOOKS) return { outcome, telemetry, recorded }
    onProgress(`${missing} are missing; they may be under way, looking again`)
  }
}
