import { layered } from '../../../server/contract/detect-settings.ts'
import { DETECTED_FIELDS, type DetectContext, type Observation } from '../../../server/contract/observation.ts'
import { isReplay, occurredAt } from '../../../server/intake/device-time.ts'
import type { EventMessage, Message } from '../../../simulator/library/message.ts'
import { perform, type Scenario } from '../../../simulator/library/scenario.ts'

/** A scenario as the detectors meet it. */
export interface Staged {
  context: DetectContext
  /** In the order of arrival. */
  observations: readonly Observation[]
  /** Ms since the epoch. */
  truthAt: number
  endsAt: number
  restarts: readonly number[]
}

/** Writes a scenario out and takes it through what the intake does before the detectors: clocks, and messages that came again. */
export function stage(
  scenario: Scenario,
  seed: number,
  change: (messages: readonly Message[]) => readonly Message[] = same,
): Staged {
  const { messages, ...times } = perform(scenario, seed)
  return { context: contextOf(scenario), observations: observationsOf(scenario, change(messages)), ...times }
}

const same = (messages: readonly Message[]) => messages

function contextOf({ home, settings = {}, deviceSettings = {} }: Scenario): DetectContext {
  const ofResident = layered(settings)
  return {
    residentId: 'resident',
    home: home.position,
    livesAlone: home.livesAlone,
    devices: home.devices,
    settings: ofResident,
    settingsOf: (deviceId) => layered(settings, deviceSettings[deviceId] ?? {}),
    settingsVersion: 1,
  }
}

function observationsOf({ home, name }: Scenario, messages: readonly Message[]): Observation[] {
  const seen = new Map<string, EventMessage>()
  return messages.flatMap((message, n): Observation[] => {
    const { deviceId, deviceTs, receivedAt } = message
    const device = home.devices.find((one) => one.deviceId === deviceId)
    if (device === undefined) throw new Error(`${name}: ${deviceId} is not in this home`)
    const times = { occurredAt: occurredAt(deviceTs, receivedAt), receivedAt }
    if ('fields' in message) {
      const { fields } = message
      return DETECTED_FIELDS.some((field) => field in fields) ? [{ kind: 'sample', device, ...times, fields }] : []
    }
    const { type, detail, messageId } = message
    const key = `${deviceId}\n${messageId}`
    const known = seen.get(key)
    if (known !== undefined && isReplay(known, message)) return []
    seen.set(key, message)
    return [
      {
        kind: 'signal',
        signalId: `${name}-${known === undefined ? messageId : `${messageId}-${n}`}`,
        device,
        type,
        ...times,
        detail,
      },
    ]
  })
}
