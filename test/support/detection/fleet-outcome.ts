import type { AlertKind } from '../../../server/contract/case.ts'
import type { FleetExpected, FleetScenario } from '../../../simulator/library/fleet.ts'
import type { FleetRaised } from './fleet-run.ts'

export interface FleetProblem {
  what: 'missed' | 'false' | 'misjudged'
  kind: AlertKind
  text: string
}

/** An expected alert with the one that was raised for it. */
export interface FleetMet {
  expected: FleetExpected
  raised: FleetRaised
}

/** Compares what was raised with what is labelled. An alert that comes too early or too late is missed, and false. */
export function judgeFleet(
  { expected, blameless = [] }: FleetScenario,
  raised: readonly FleetRaised[],
): { met: readonly FleetMet[]; problems: readonly FleetProblem[] } {
  const left = [...raised]
  const met: FleetMet[] = []
  const problems: FleetProblem[] = []
  for (const one of expected) {
    const { kind, deviceId, within, restored = false, members = 0 } = one
    const n = left.findIndex((is) => isMeant(one, is) && is.at >= within[0] && is.at <= within[1])
    const found = left[n]
    if (found === undefined) {
      const at = left.filter((is) => isMeant(one, is)).map((is) => seconds(is.at))
      const text = `${kind} of ${deviceId ?? 'an area'} within ${within.map(seconds).join(' and ')}; raised: ${at.join(', ')}`
      problems.push({ what: 'missed', kind, text })
      continue
    }
    left.splice(n, 1)
    met.push({ expected: one, raised: found })
    if (found.restored !== restored) {
      problems.push({
        what: 'misjudged',
        kind,
        text: `${kind} of ${found.deviceId} is ${found.restored ? '' : 'not '}taken back`,
      })
    }
    if (found.members < members) {
      problems.push({ what: 'misjudged', kind, text: `${found.members} devices on the list instead of ${members}` })
    }
  }
  for (const { kind, deviceId, at } of left) {
    const blamed = blameless.includes(deviceId) ? ', which is blameless,' : ''
    problems.push({ what: 'false', kind, text: `${kind} of ${deviceId}${blamed} after ${seconds(at)}` })
  }
  return { met, problems }
}

const isMeant = ({ kind, deviceId }: FleetExpected, raised: FleetRaised): boolean =>
  raised.kind === kind && (deviceId === null ? raised.incidentId !== null : raised.deviceId === deviceId)

const seconds = (ms: number): string => `${ms / 1_000} s`
