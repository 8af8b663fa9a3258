import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkMapping } from '../../gateway/protocols/mapper/index.ts'
import { device, types } from './mapper-harness.ts'

describe('the examples of docs/mapping.md', () => {
  const page = readFileSync(new URL('../../docs/mapping.md', import.meta.url), 'utf8')
  const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map((match) => JSON.parse(match[1]!) as { name: string })
  const example = (name: string) => device(examples.find((mapping) => mapping.name === name))

  it('are right', () => {
    expect(examples.map(checkMapping).map(({ ok }) => ok)).toEqual([true, true, true])
  })

  it('pull cord', () => {
    const { receive } = example('Pull cord')
    expect(types(receive('bathroom/cord', 'PULLED'))).toEqual(['sos'])
    expect(receive('bathroom/cord', 'RELEASED')).toEqual([])
    expect(receive('bathroom/cord', 'TORN')).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('bathroom/battery', '55')).toMatchObject([{ sample: { fields: { battery: 55 } } }])
    expect(receive('bathroom/state', 'down')).toEqual([{ kind: 'presence', online: false }])
  })

  it('bed sensor', () => {
    const { receive } = example('Bed sensor')
    expect(receive('bed/S1/state', { occupied: false, hr: 62, resp: -1, batt: 88, t: 1_763_899_990 })).toMatchObject([
      {
        report: {
          level: 'bed',
          value: '0',
          calm: false,
          event: { type: 'leave_bed', deviceTs: 1_763_899_990_000, detail: { serial: 'S1' } },
        },
      },
      { sample: { fields: { hr: 62, battery: 88 } } },
    ])
  })

  it('radio receiver', () => {
    const { receive } = example('Radio receiver')
    const nodes = { A1: { n: 12, key: 2, rssi: -70 }, B4: { n: 3, state: '0500', rssi: -81 } }
    expect(receive('rx/7/report', { nodes }).map((item) => [item.from, ...types([item])])).toEqual([
      ['A1', 'button'],
      ['A1', 'telemetry'],
      ['B4', 'triggered'],
      ['B4', 'battery_low=1:battery_low'],
      ['B4', 'telemetry'],
    ])
  })
})
