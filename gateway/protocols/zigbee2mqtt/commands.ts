import type { DeviceCommand } from '../../../server/contract/command.ts'
import type { CommandTarget } from '../../../server/contract/ports.ts'
import type { Downlink } from '../protocol.ts'
import type { Siren } from './classify.ts'
import type { Zigbee2MqttMemory } from './memory.ts'

const DEFAULT_SECONDS = 10
const DEFAULT_BASE = 'zigbee2mqtt'
/** Sirens that are known before the hub has told what they can do. */
const WARNING_MODELS = /hs2wd/i

/** `BASE/NAME/set` with what the device understands; none: it can't. */
export function encode(command: DeviceCommand, target: CommandTarget, memory: Zigbee2MqttMemory): Downlink[] {
  const value = messageFor(command, target, memory)
  const topic = `${memory.base ?? memory.guessedBase ?? DEFAULT_BASE}/${target.address}/set`
  // No topic to publish on has a wildcard in it [MQTT-3.3.2-2].
  return value === null || /[+#\0]/.test(topic) ? [] : [{ topic, payload: Buffer.from(JSON.stringify(value)) }]
}

function messageFor({ type, args }: DeviceCommand, target: CommandTarget, memory: Zigbee2MqttMemory): unknown {
  const known = memory.devices.get(target.address)
  const siren = known === undefined ? sirenByModel(target.model) : known.siren
  switch (type) {
    case 'sound':
      return siren && sound(siren, args.seconds ?? DEFAULT_SECONDS)
    case 'closed':
      return siren && silence(siren)
    case 'locate':
      return known?.identifies ? { identify: 'identify' } : null
    default:
      return null
  }
}

function sirenByModel(model: string | null): Siren | null {
  return model !== null && WARNING_MODELS.test(model) ? { via: 'warning', hasLevel: false } : null
}

/** @param duration s */
function sound(siren: Siren, duration: number): unknown {
  if (siren.via === 'alarm') return { alarm: siren.on, ...(siren.hasDuration ? { duration } : {}) }
  const warning = { mode: 'emergency', strobe: true, duration }
  return { warning: siren.hasLevel ? { ...warning, level: 'high' } : warning }
}

function silence(siren: Siren): unknown {
  return siren.via === 'alarm' ? { alarm: siren.off } : { warning: { mode: 'stop' } }
}
