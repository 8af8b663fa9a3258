import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkMapping } from '../../gateway/protocols/mapper/index.ts'
import { UNKNOWN_CHANNEL } from '../../gateway/protocols/protocol.ts'
import { device, login } from './mapper-harness.ts'

const FILE = new URL('../fixtures/misc-shelly-tasmota-esphome.json', import.meta.url)
const samples: { topic: string; raw: unknown; expected: { meaning: string } }[] = JSON.parse(readFileSync(FILE, 'utf8'))

describe('any input', () => {
  const real: [preset: string, topic: string, raw: unknown][] = [
    ...samples.slice(0, 4).map(({ raw }): [string, string, unknown] => ['shelly_blu', 'mac', raw]),
    ['shelly_blu', 'x/events/rpc', { params: { events: [{ event: 'shelly-blu', data: samples[0]!.raw }] } }],
    ['shelly_blu', 'x/events/rpc', { params: { events: [{ component: 'input:0', event: 'single_push', ts: 1 }] } }],
    ['shelly_gen1', 'shellies/x/input_event/0', { event: 'S', event_cnt: 73 }],
    ['shelly_gen1', 'shellies/x/sensor/flood', true],
    ['shelly_gen1', 'shellies/x/status', { motion: true, timestamp: 1, lux: 8, bat: 90 }],
    ['tasmota', 'stat/t/RESULT', { Button1: { Action: 'SINGLE' }, Switch1: { Action: 'ON' } }],
    [
      'tasmota',
      'tele/t/SENSOR',
      { ZbReceived: { '0x099F': { '0500!00': '010000FF0000', Contact: 1, LinkQuality: 70 } } },
    ],
    ['esphome', 'r/binary_sensor/fall_detected/state', 'ON'],
    ['esphome', 'r/event/key/state', { event_type: 'single' }],
  ]
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, '', -1, -0, 1e308, true, [], {}, [1, 2], '\u2028', '\ud800', '\0', '__proto__', '*'),
    fc.string({ unit: 'binary' }),
    fc.jsonValue({ maxDepth: 2 }),
  )

  /** The value with one thing somewhere in it replaced. */
  function changed(value: unknown, path: readonly number[], by: unknown): unknown {
    const [at, ...rest] = path
    if (at === undefined || typeof value !== 'object' || value === null) return by
    const keys = Object.keys(value)
    const key = keys[at % Math.max(1, keys.length)]
    if (key === undefined) return by
    const inside = changed((value as Record<string, unknown>)[key], rest, by)
    return Array.isArray(value) ? value.with(Number(key), inside) : { ...value, [key]: inside }
  }

  it('is sound for real messages with anything changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...real),
        fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }),
        odd,
        fc.boolean(),
        ([preset, topic, raw], path, by, replayed) => {
          const text = JSON.stringify(changed(raw, path, by)) ?? ''
          const items = login(preset)(topic, text, { replayed })
          if (!replayed) return
          expect(
            items.some(
              (item) => item.kind === 'event' || item.kind === 'level' || (item.kind === 'unreadable' && item.alarm),
            ),
          ).toBe(false)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is sound for bytes, and cut ones are never silent', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...real),
        fc.nat(),
        fc.uint8Array({ maxLength: 4 }),
        ([preset, topic, raw], place, bytes) => {
          const whole = Buffer.from(typeof raw === 'string' ? raw : JSON.stringify(raw))
          const at = place % whole.length
          login(preset)(topic, Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]))
          if (typeof raw !== 'object') return
          expect(login(preset)(topic, whole.subarray(0, at))).toMatchObject([{ kind: 'unreadable', alarm: true }])
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is sound for any topic', () => {
    const level = fc.oneof(
      fc.constantFrom('shellies', 'tele', 'stat', 'SENSOR', 'binary_sensor', 'state', 'care', '$SYS', '', 'x'),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(
        fc.array(level, { maxLength: 6 }),
        fc.constantFrom('shelly_blu', 'shelly_gen1', 'tasmota', 'esphome'),
        odd,
        (levels, preset, raw) => {
          const topic = levels.join('/')
          const own = topic !== '' && !topic.startsWith('$') && !/^care(\/|$)/.test(topic)
          try {
            login(preset)(topic, JSON.stringify(raw) ?? '')
          } catch (error) {
            if (!(error instanceof Error) || !error.message.startsWith(`${topic} is `)) throw error
            expect(error.message).toBe(`${topic} is ${own ? UNKNOWN_CHANNEL : null}`)
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('any mapping and any message', () => {
  const key = fc.constantFrom('a', 'b', 'key', '__proto__', 'constructor', '')
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        -0,
        1,
        2 ** 53,
        1e308,
        'on',
        'OFF',
        '',
        '\u2028',
        '\ud800',
        '\0',
        '👵',
        'ff00',
      ),
      fc.string({ unit: 'binary' }),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 3 }),
    ),
  })).any
  const source = fc.constantFrom('a', 'a.b', '$', '@', '$.key[0]', "['__proto__'].a", '{x}', 'constructor', "['']")
  const valueRule = fc.oneof(
    fc.record({ value: source }),
    fc.record({ value: source, hex: fc.constant({ bytes: 2 }), bits: fc.constant([0, 9]) }),
    fc.record({ value: source, above: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  )
  const words = fc.constantFrom(
    { on: 'sos', off: null },
    { 1: 'fall', 0: 'fall_clear' },
    { '*': 'test' },
    { '': 'help' },
  )
  const rule = fc.record(
    {
      each: fc.constantFrom('$.*', '$[*]', '$.{y}', '$.a{y}', 'key.*'),
      when: fc.constantFrom([{ of: 'a', exists: true }], [{ of: '{x}', contains: ['a'] }], [{ of: '$', above: 0 }]),
      address: source,
      ts: source,
      id: fc.oneof(
        source,
        fc.constantFrom('unique', 'packet', 'counter').map((kind) => ({ [kind]: 'a' })),
      ),
      events: fc.tuple(valueRule, words).map(([of, table]) => [{ ...of, words: table, detail: { d: '$', e: 'a' } }]),
      levels: fc.tuple(valueRule, words).map(([of, table]) => [{ ...of, level: 'l_{x}', words: table }]),
      telemetry: fc.constant({ lat: 'a', lon: 'b', '{x}': '$', t: { value: 'a', factor: 1e300 } }),
      presence: fc.constant({ value: 'a', online: ['on'], offline: ['off'] }),
      facts: fc.constant({ firmware: 'a' }),
      continue: fc.constant(true),
    },
    { requiredKeys: ['events'] },
  )

  it('gives what can be stored, and raises nothing of old news', () => {
    const payload = fc.oneof(
      value.map((raw) => Buffer.from(JSON.stringify(raw) ?? '')),
      fc.uint8Array({ maxLength: 50 }),
    )
    fc.assert(
      fc.property(
        rule,
        fc.boolean(),
        payload,
        fc.boolean(),
        fc.string({ unit: 'binary', maxLength: 60 }),
        (it, text, raw, replayed, id) => {
          const level = id.replaceAll(/[/\0]|\p{Surrogate}/gu, '-')
          const mapping = {
            rules: [
              { topic: 't/{x}', ...it },
              { topic: 't/{x}', payload: text ? 'text' : 'json', events: [{ type: 'test' }] },
            ],
          }
          const checked = checkMapping(mapping)
          if (!checked.ok) {
            // The first of the two may leave nothing to the second.
            expect(checked.problems.map(({ path }) => path)).toEqual(['rules[1].topic'])
            return
          }
          const items = device(mapping).receive(`t/${level}`, raw, { replayed })
          if (!replayed) return
          for (const item of items) {
            expect(['telemetry', 'presence', 'facts', 'unreadable']).toContain(item.kind)
            if (item.kind === 'unreadable') expect(item.alarm).toBe(false)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('any value', () => {
  it('is judged, never thrown at', () => {
    const key = fc.constantFrom(
      'rules',
      'topic',
      'events',
      'levels',
      'when',
      'each',
      'id',
      'telemetry',
      'words',
      'commands',
      'value',
      '__proto__',
    )
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom<unknown>('t', 'a.b', '{x}', '*', 'sos', true, undefined),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 4 }),
      ),
    })).any
    fc.assert(
      fc.property(value, (any) => {
        const whole = { rules: [{ topic: 'a/{x}', events: [{ type: 'sos' }] }, any], commands: { sound: any } }
        for (const mapping of [any, whole]) {
          const checked = checkMapping(mapping)
          if (!checked.ok) expect(checked.problems.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
