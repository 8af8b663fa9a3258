import type { Mapping } from '../../../../server/contract/mapping.ts'
import type { EventType } from '../../../../server/contract/signal.ts'

/**
 * Shelly devices of the first generation (Button1, i3, Flood, Smoke, Gas, Door/Window, Motion, H&T): `shellies/{id}/…`.
 * Source: Shelly API for generation 1, "MQTT".
 *
 * A mains device repeats its newest `input_event` every half minute, and says event '' with count 0 when it has started:
 * only a change of the count is a press. `input/N` follows the contact of the same button and is left aside.
 */

const NUMBERS = ['battery', 'temperature', 'humidity', 'voltage', 'rssi', 'concentration', 'tilt']

const level = (sensor: string, words: Record<string, EventType | null>, calm: string[]) => ({
  topic: `shellies/+/sensor/${sensor}`,
  payload: 'text' as const,
  levels: [{ level: sensor, words, calm }],
})
const onOff = (sensor: string, on: EventType, off: EventType) =>
  level(sensor, { true: on, false: off, unknown: null, '-1': null }, ['false'])

export const shellyGen1: Mapping = {
  name: 'Shelly, first generation',
  rules: [
    { topic: 'shellies/+/online', payload: 'text', presence: { online: ['true'], offline: ['false'] } },
    {
      topic: 'shellies/+/input_event/{key}',
      id: { counter: 'event_cnt' },
      events: [
        {
          value: 'event',
          press: {
            '': null,
            S: 'single',
            SS: 'double',
            SSS: 'triple',
            L: 'long',
            SL: 'short_long',
            LS: 'long_short',
            '*': 'other',
          },
          detail: { key: '{key}', count: 'event_cnt' },
        },
      ],
    },
    onOff('flood', 'water_leak', 'water_clear'),
    onOff('smoke', 'smoke', 'smoke_clear'),
    level(
      'gas',
      { none: 'gas_clear', mild: 'gas', heavy: 'gas', test: 'test', true: 'gas', false: 'gas_clear', unknown: null },
      ['none', 'false', 'unknown'],
    ),
    level('operation', { fault: 'device_fault', normal: null, warmup: null, unknown: null }, [
      'normal',
      'warmup',
      'unknown',
    ]),
    onOff('motion', 'motion', 'vacant'),
    level('state', { open: 'door_open', close: 'door_close', unknown: null }, ['close', 'unknown']),
    {
      topic: 'shellies/+/sensor/lux',
      payload: 'text',
      telemetry: { illuminance: { value: '$', unknown: [-1] } },
    },
    {
      topic: 'shellies/+/sensor/{name}',
      payload: 'text',
      when: [{ of: '{name}', in: NUMBERS }],
      telemetry: { '{name}': { value: '$', unknown: [-1, 999] } },
    },
    {
      comment: 'Shelly Motion.',
      topic: 'shellies/+/status',
      ts: 'timestamp',
      levels: [
        { level: 'motion', value: 'motion', words: { true: 'motion', false: 'vacant' }, calm: ['false'] },
        { level: 'vibration', value: 'vibration', words: { true: 'tamper', false: 'tamper_clear' }, calm: ['false'] },
      ],
      telemetry: { illuminance: 'lux', battery: 'bat', temperature: 'tmp.value' },
    },
    {
      topic: 'shellies/+/info',
      telemetry: { battery: 'bat.value', rssi: 'wifi_sta.rssi', voltage: 'bat.voltage' },
    },
    { topic: ['shellies/announce', 'shellies/+/announce'], facts: { firmware: 'fw_ver', hardware: 'model' } },
    { topic: 'shellies/#', ignore: true },
  ],
}
