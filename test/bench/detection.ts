import type { AlertKind } from '../../server/contract/case.ts'
import { driftingWeek, MONTH_WEEKS, ordinaryMonth } from '../../simulator/library/everyday.ts'
import { LIBRARY } from '../../simulator/library/index.ts'
import type { Group, Scenario } from '../../simulator/library/scenario.ts'
import { type Outcome, type Problem, problemsOf, runThrough } from '../support/detection/outcome.ts'
import { type Staged, stage } from '../support/detection/stage.ts'
import { percentile, round } from './figures.ts'
import { fleets } from './fleets.ts'

/** Each scenario is played with so many seeds. */
const SEEDS = 20
const DRIFTING_WEEKS = 400
const ORDINARY_MONTHS = 40

/** What each group is judged by. */
const KINDS: Record<Group, readonly AlertKind[]> = {
  sos: ['sos', 'help', 'device_fault'],
  fall: ['fall'],
  wandering: ['wander', 'route_deviation'],
  routine: ['inactivity'],
  danger: ['smoke', 'gas', 'co', 'water_leak', 'door_left_open', 'temperature'],
  vital: ['vital_sign'],
}

interface Figures {
  /** Alerts that should be raised. */
  cases: number
  /** … of them not, or too late. */
  missed: number
  /** Alerts that should not have been raised, in any scenario. */
  false: number
  /** Raised, but in the end judged to be more or less than it was. */
  misjudged: number
  times: number[]
}

/**
 * What the detectors make of the labelled library (20 seeds of each scenario), and of weeks in which nothing happens:
 * alerts missed, false ones, and the time from the moment of truth until the platform knows; and what the sweeps make of
 * the scenarios of many devices.
 */
export async function detection(): Promise<object> {
  const figures = new Map<Group, Figures>()
  /** Scenarios that are not judged as labelled, and the seeds. */
  const failing = new Map<string, number[]>()
  let failures = 0
  let stateBytes = 0
  for (const scenario of LIBRARY) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const staged = stage(scenario, seed)
      const outcome = runThrough(staged)
      const problems = problemsOf(scenario, staged, outcome)
      if (problems.length > 0) failing.set(scenario.name, [...(failing.get(scenario.name) ?? []), seed])
      failures += outcome.failures.length
      stateBytes = Math.max(stateBytes, outcome.stateBytes)
      count(figures, scenario, { staged, outcome, problems })
    }
  }
  const drifting = soak(DRIFTING_WEEKS, driftingWeek, 'wander')
  const ordinary = soak(ORDINARY_MONTHS, ordinaryMonth, 'inactivity')
  const ofFleets = await fleets()
  const ofGroups = Object.fromEntries([...figures].map(([group, of]) => [group, shown(of)]))
  return {
    ...ofGroups,
    wandering: { ...ofGroups.wandering, ...perWeek(drifting.alarms, DRIFTING_WEEKS) },
    routine: { ...ofGroups.routine, ...perWeek(ordinary.alarms, ORDINARY_MONTHS * MONTH_WEEKS) },
    ...ofFleets.topics,
    scenarios: LIBRARY.length + ofFleets.scenarios,
    seeds: SEEDS,
    detector_failures: failures,
    state_bytes_max: Math.max(stateBytes, drifting.stateBytes, ordinary.stateBytes),
    failing: {
      ...Object.fromEntries([...failing].map(([name, seeds]) => [name, listed(seeds)])),
      ...ofFleets.failing,
    },
  }
}

interface Run {
  staged: Staged
  outcome: Outcome
  problems: readonly Problem[]
}

function count(figures: Map<Group, Figures>, { expected }: Scenario, { staged, outcome, problems }: Run): void {
  for (const group of Object.keys(KINDS) as Group[]) {
    const of = figures.get(group) ?? { cases: 0, missed: 0, false: 0, misjudged: 0, times: [] }
    figures.set(group, of)
    const isOwn = ({ kind }: { kind: AlertKind | null }) => kind !== null && KINDS[group].includes(kind)
    const wanted = expected.filter(isOwn)
    of.cases += wanted.reduce((sum, { count: times = 1 }) => sum + times, 0)
    for (const { what } of problems.filter(isOwn)) if (what !== 'failed') of[what] += 1
    for (const { kind } of wanted) {
      const first = outcome.raised.find((alert) => alert.kind === kind)
      if (first) of.times.push(first.at - staged.truthAt)
    }
  }
}

const shown = ({ times, ...of }: Figures) => ({
  ...of,
  alert_p50_ms: round(percentile(times, 0.5)),
  alert_max_ms: round(times.length === 0 ? Number.NaN : Math.max(...times)),
})

/** Counts alerts of a kind in scenarios in which there should be none. */
function soak(times: number, scenarioOf: (n: number) => Scenario, kind: AlertKind) {
  let alarms = 0
  let stateBytes = 0
  for (let n = 0; n < times; n++) {
    const outcome = runThrough(stage(scenarioOf(n), n))
    alarms += outcome.raised.filter((alert) => alert.kind === kind).length
    stateBytes = Math.max(stateBytes, outcome.stateBytes)
  }
  return { alarms, stateBytes }
}

const perWeek = (alarms: number, weeks: number) => ({
  resident_weeks: weeks,
  false_in_weeks: alarms,
  false_per_resident_week: Math.round((alarms / weeks) * 10_000) / 10_000,
})

const listed = (seeds: readonly number[]) => (seeds.length === SEEDS ? 'all seeds' : `seeds ${seeds.join(', ')}`)
