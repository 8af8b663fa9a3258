import type { EscalationPolicy, SimulatedStep, Simulation } from '../contract/escalation.ts'
import { NOTIFY_CHANNELS } from '../contract/notify.ts'
import { advance, begin } from './next.ts'
import { recipientsOf, type World } from './recipients.ts'
import { warningsOf } from './warnings.ts'

/** Rounds shown; the others are alike. */
const ROUNDS_SHOWN = 2
/** For a resident with two contacts. */
const CONTACTS = [1, 2]

/** What would happen if a case began now and nobody answered, people staying as they are at this moment. Pure. */
export function simulate(policy: EscalationPolicy, world: World): Simulation {
  const shown = { ...policy, rounds: Math.min(policy.rounds, ROUNDS_SHOWN) }
  const reach = (n: number) => toldBy(shown, n, world).length
  const steps: SimulatedStep[] = []
  let progress = begin(0)
  for (let now: number | null = 0; now !== null; ) {
    const at: number = now
    const result = advance(shown, progress, { reach }, at, Number.POSITIVE_INFINITY)
    for (const { what, step, round } of result.done) {
      if (what === 'exhausted') continue
      const recipients = what === 'told' ? toldBy(shown, step, world) : []
      const told = NOTIFY_CHANNELS.filter((channel) => recipients.some((one) => one.channel === channel)).map(
        (channel) => {
          const meant = recipients.filter((one) => one.channel === channel)
          return {
            channel,
            names: meant.filter(({ kind }) => kind === 'user' || kind === 'group').map(({ name }) => name),
            contacts: meant.some(({ kind }) => kind === 'contact'),
          }
        },
      )
      steps.push({ atSeconds: at / 1000, round: round + 1, step: step + 1, skipped: what !== 'told', told })
    }
    progress = result.progress
    now = result.dueAt
  }
  const ends = policy.rounds <= ROUNDS_SHOWN ? (steps.at(-1)?.atSeconds ?? 0) : null
  return { steps, endsAtSeconds: ends, warnings: warningsOf(policy, world) }
}

function toldBy(policy: EscalationPolicy, n: number, world: World) {
  const step = policy.steps[n]
  return step === undefined ? [] : recipientsOf(step, world, CONTACTS)
}
