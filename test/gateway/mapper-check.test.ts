import { describe, expect, it } from 'vitest'
import { checkMapping } from '../../server/contract/mapping.ts'
import { parsePath, parseTopic } from '../../server/contract/mapping-syntax.ts'

/** Every problem as it is shown. */
function problemsOf(mapping: unknown): string[] {
  const checked = checkMapping(mapping)
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`)
}
const ofRule = (rule: object) => problemsOf({ rules: [{ topic: 't', ...rule }] })
const gives = { events: [{ type: 'sos' }] }

describe('the whole', () => {
  it('may be as small as this', () => {
    expect(problemsOf({ rules: [{ topic: 't', ...gives }] })).toEqual([])
  })

  it.each([null, undefined, 5, 'x', [], true])('must be an object, not %j', (value) => {
    expect(problemsOf(value)).toEqual([': must be an object'])
  })

  it('needs rules, and knows no other keys', () => {
    expect(problemsOf({})).toEqual(['rules: is missing'])
    expect(problemsOf({ rules: [] })).toEqual(['rules: must not be empty'])
    expect(problemsOf({ rules: {} })).toEqual(['rules: must be a list'])
    expect(problemsOf({ rules: Array(101).fill({ topic: 't', ignore: true }) })[0]).toBe('rules: may have 100 entries')
    expect(problemsOf({ rule: [], 'odd key': 1 })).toEqual([
      'rules: is missing',
      'rule: is not known here; known are name, rules, commands',
      '["odd key"]: is not known here; known are name, rules, commands',
    ])
  })

  it('names all that is wrong, each with its place', () => {
    const problems = problemsOf({
      name: '',
      rules: [
        { topic: 'a/{x}', events: [{ value: 'v', words: { a: 'soss' } }] },
        { topic: 'b', telemetry: { '1st': 'a..b', ok: { value: 5, factor: 'x' } } },
        { topic: 'c/#/d', ...gives },
        { topic: 'd', levels: [{ level: 'l_{x}', value: '{y}', words: { 1: 'smoke' }, calm: ['0'] }] },
        7,
        { topic: 'e', ...gives, ignore: true },
      ],
      commands: { beep: { topic: 'x', payload: 5 } },
    })
    expect(problems).toEqual([
      'name: must not be empty',
      expect.stringMatching(/^rules\[0\]\.events\[0\]\.words\.a: "soss" is not an event type; there are sos, /),
      'rules[1].telemetry["1st"]: a name is a letter, then letters, digits and _, 40 characters at most',
      "rules[1].telemetry[\"1st\"]: can't be read from '..b' on",
      'rules[1].telemetry.ok.value: must be text',
      'rules[1].telemetry.ok.factor: must be a number',
      "rules[2].topic: '#' must be the last level",
      'rules[4]: must be an object',
      expect.stringMatching(/^commands\.beep: "beep" is not a command type; there are received, /),
      'commands.beep.payload: must be text or JSON',
      "rules[3].levels[0].value: '{y}' is captured neither by the topic nor by each",
      "rules[3].levels[0].level: '{x}' is captured neither by the topic nor by each",
      "rules[3].levels[0].calm[0]: '0' is not one of the words",
      'rules[5].events: does not go with ignore',
    ])
  })

  it('stops counting at 200', () => {
    expect(problemsOf({ rules: Array(100).fill({ a: 1, b: 2, c: 3 }) })).toHaveLength(200)
  })
})

describe('topics', () => {
  it.each([
    ['', 'a topic must not be empty'],
    ['a/#/b', "'#' must be the last level"],
    ['#/a', "'#' must be the last level"],
    ['a/b#', "'#' must be a whole level"],
    ['a+/b', "'+' must be a whole level"],
    ['a/{}', "'{name}' must be a whole level; a name is letters, digits and _"],
    ['a/x{b}', "'{name}' must be a whole level; a name is letters, digits and _"],
    ['a/{1}', "'{name}' must be a whole level; a name is letters, digits and _"],
    ['{a}/{a}', "'{a}' stands here twice"],
    ['$SYS/x', "topics beginning with '$' or 'care/' are the platform's own"],
    ['care/v1/+/event', "topics beginning with '$' or 'care/' are the platform's own"],
    ['care', "topics beginning with '$' or 'care/' are the platform's own"],
    ['a\0', 'a topic must not hold U+0000'],
    ['a/'.repeat(20), 'a topic may have 20 levels'],
  ])('%j is refused: %s', (topic, message) => {
    expect(ofRule({ topic, ...gives })).toEqual([
      `rules[0].topic: ${message === 'a topic must not be empty' ? 'must not be empty' : message}`,
    ])
    expect(parseTopic(topic)).toEqual({ ok: false, message })
  })

  it.each(['a', '+', '#', '/', 'a//b', '+/{x}/#', 'careful/x', '温度/{id}'])('%j is right', (topic) => {
    expect(ofRule({ topic, ...gives })).toEqual([])
  })

  it('may be several, which capture the same', () => {
    expect(ofRule({ topic: ['a/{x}', 'b/+/{x}'], ...gives, address: '{x}' })).toEqual([])
    expect(ofRule({ topic: ['a/{x}', 'b/{y}'], ...gives, address: '{x}' })).toEqual([
      "rules[0].address: '{x}' is captured neither by the topic nor by each",
    ])
    expect(ofRule({ topic: ['a', 'b/#/c'], ...gives })).toEqual(["rules[0].topic[1]: '#' must be the last level"])
    expect(ofRule({ topic: [], ...gives })).toEqual(['rules[0].topic: must not be empty'])
    expect(ofRule({ topic: 5, ...gives })).toEqual([
      'rules[0].topic: must be text, or what stands for more than a text',
    ])
    expect(problemsOf({ rules: [gives] })).toEqual(['rules[0].topic: is missing'])
  })

  it('that an earlier rule takes are never reached', () => {
    const rules = (...list: object[]) => problemsOf({ rules: list.map((rule) => ({ ...gives, ...rule })) })
    const taken = 'rules[1].topic: is never reached: rules[0] takes every message of it'
    expect(rules({ topic: 'a/#' }, { topic: 'a/b' })).toEqual([taken])
    expect(rules({ topic: 'a/+' }, { topic: 'a/{x}' })).toEqual([taken])
    expect(rules({ topic: 'a/#' }, { topic: 'a' })).toEqual([taken])
    expect(
      problemsOf({
        rules: [
          { topic: '#', ignore: true },
          { topic: 'a', ...gives },
        ],
      }),
    ).toEqual([taken])
    for (const first of [
      { topic: 'a/b' },
      { topic: 'a/+/c' },
      { topic: 'a/#', continue: true },
      { topic: 'a/#', when: [{ of: 'x', exists: true }] },
      { topic: 'a/#', each: '$.*' },
      { topic: 'a/#', telemetry: { x: 'x' } },
    ]) {
      expect(rules(first, { topic: 'a/+' })).toEqual([])
    }
  })
})

describe('sources', () => {
  it.each([
    ['a.b[0]', 3, false],
    ['$', 0, true],
    ['$.a', 1, true],
    ['@', 0, false],
    ['@.a', 1, false],
    ["$['a b'].c", 2, true],
    ['["x\'y"]', 1, false],
    ['0500!00', 1, false],
    ["['0500<00']", 1, false],
    ['a-b_c:d', 1, false],
    ['温度.值', 2, false],
    ["['']", 1, false],
  ])('%s is a path of %i steps', (text, steps, fromMessage) => {
    const path = parsePath(text, false)
    expect(path).toMatchObject({ ok: true, value: { fromMessage } })
    if (path.ok) expect(path.value.steps).toHaveLength(steps)
    expect(ofRule({ events: [{ value: text, words: { a: 'sos' } }] })).toEqual([])
  })

  it.each([
    'a.',
    '.a',
    'a..b',
    'a[',
    'a[x]',
    'a[-1]',
    'a b',
    '$a',
    '$.',
    'a]',
    "a['b]",
    'a.{x',
    '$$',
    '@@',
    'a.[0]',
    '{x}y}',
  ])('%j is none', (text) => {
    expect(parsePath(text, true).ok).toBe(false)
    expect(ofRule({ ts: text, ...gives })).toEqual([expect.stringContaining('rules[0].ts: ')])
  })

  it.each(['*', 'a.*', 'a[*]', 'a.{x}', 'a{x}b.c'])('%j stands in each only', (text) => {
    expect(ofRule({ ts: text, ...gives })).toEqual(["rules[0].ts: '*' and '{name}' stand in 'each' only"])
    expect(ofRule({ each: text, ...gives })).toEqual([])
  })

  it('capture what each names', () => {
    expect(parsePath('$.Button{key}.x', true)).toMatchObject({
      value: {
        steps: [
          { kind: 'capture', before: 'Button', name: 'key', after: '' },
          { kind: 'key', key: 'x' },
        ],
      },
    })
    expect(ofRule({ each: '$.a{k}z[*]', address: '{k}', telemetry: { 'f_{k}': 'x' }, ...gives })).toEqual([])
  })

  it('are bounded', () => {
    expect(ofRule({ ts: Array(11).fill('a').join('.'), ...gives })).toEqual(['rules[0].ts: a path may have 10 steps'])
    expect(ofRule({ ts: 'a'.repeat(201), ...gives })).toEqual(['rules[0].ts: may have 200 characters'])
    expect(ofRule({ ts: '', ...gives })).toEqual(['rules[0].ts: must not be empty'])
  })

  it('of a text are the text and captures', () => {
    const text = { payload: 'text', topic: 't/{x}' }
    expect(
      ofRule({ ...text, telemetry: { '{x}': '$' }, presence: { value: '@', online: ['a'], offline: ['b'] } }),
    ).toEqual([])
    expect(ofRule({ ...text, telemetry: { y: 'y' }, each: '$.*', address: '{x}' })).toEqual([
      'rules[0].each: a text payload has no parts',
      "rules[0].telemetry.y: a text payload has no keys; '$' is the text",
    ])
  })
})

describe('what a rule gives', () => {
  it.each([
    [{}, 'rules[0]: gives nothing; it needs one of events, levels, telemetry, presence, facts, or ignore'],
    [{ ignore: true, continue: true }, 'rules[0].continue: does not go with ignore'],
    [{ ignore: false, ...gives }, 'rules[0].ignore: must be true, or left out'],
    [{ payload: 'xml', ...gives }, 'rules[0].payload: "xml" is not a payload form; there are json, text'],
    [{ events: [] }, 'rules[0].events: must not be empty'],
    [{ events: {} }, 'rules[0].events: must be a list'],
    [{ events: [{}] }, 'rules[0].events[0]: needs one of type, words, press'],
    [
      { events: [{ type: 'sos', words: { a: 'sos' } }] },
      'rules[0].events[0]: needs one of type, words, press, not several',
    ],
    [{ events: [{ type: 'sos', value: 'a' }] }, 'rules[0].events[0]: a value has no meaning beside type; use words'],
    [{ events: [{ words: {} }] }, 'rules[0].events[0].words: must not be empty'],
    [{ events: [{ press: { a: '' } }] }, 'rules[0].events[0].press.a: must not be empty'],
    [{ events: [{ press: { a: 5 } }] }, 'rules[0].events[0].press.a: must be text'],
    [
      { events: [{ type: 'sos', detail: { 'a b': 'x' } }] },
      'rules[0].events[0].detail["a b"]: a name is a letter, then letters, digits and _, 40 characters at most',
    ],
    [
      { events: [{ words: { a: 'sos' }, bits: [32] }] },
      'rules[0].events[0].bits[0]: must be a whole number from 0 to 31',
    ],
    [
      { events: [{ words: { a: 'sos' }, bits: [1], above: 5 }] },
      'rules[0].events[0]: bits and above exclude each other',
    ],
    [
      { events: [{ words: { a: 'sos' }, hex: { bytes: 5 } }] },
      'rules[0].events[0].hex.bytes: must be a whole number from 1 to 4',
    ],
    [{ events: [{ words: { a: 'sos' }, hex: {}, bits: [8] }] }, 'rules[0].events[0].bits: bit 8 is not in 1 byte(s)'],
    [{ levels: [{ level: 'l' }] }, 'rules[0].levels[0].words: is missing'],
    [{ levels: [{ words: { a: 'smoke' } }] }, 'rules[0].levels[0].level: is missing'],
    [
      { levels: [{ level: 'l', words: { a: 'smoke' }, type: 'smoke' }] },
      'rules[0].levels[0].type: is not known here; known are value, hex, bits, above, level, words, calm, detail',
    ],
    [{ telemetry: {} }, 'rules[0].telemetry: must not be empty'],
    [{ telemetry: { x: 5 } }, 'rules[0].telemetry.x: must be text, or what stands for more than a text'],
    [{ telemetry: { x: {} } }, 'rules[0].telemetry.x.value: is missing'],
    [{ telemetry: { x: ['a'] } }, 'rules[0].telemetry.x: must be an object'],
    [{ telemetry: { x: { value: 'a', unknown: ['b'] } } }, 'rules[0].telemetry.x.unknown[0]: must be a number'],
    [{ presence: { online: ['a'] } }, 'rules[0].presence.offline: is missing'],
    [{ presence: { online: ['a', 'b'], offline: ['b'] } }, "rules[0].presence: 'b' can't be both online and offline"],
    [{ facts: { serial: 'a' } }, 'rules[0].facts.serial: is not known here; known are firmware, hardware'],
    [{ ...gives, when: [{ of: 'a' }] }, 'rules[0].when[0]: tests nothing; it needs exists, equals, in …'],
    [{ ...gives, when: [{ equals: 1 }] }, 'rules[0].when[0].of: is missing'],
    [{ ...gives, when: [{ of: 'a', equals: {} }] }, 'rules[0].when[0].equals: must be text, a number, true or false'],
    [{ ...gives, when: [{ of: 'a', in: [] }] }, 'rules[0].when[0].in: must not be empty'],
    [
      { ...gives, when: [{ of: '{x}', exists: true }] },
      "rules[0].when[0].of: '{x}' is captured neither by the topic nor by each",
    ],
    [{ ...gives, id: {} }, 'rules[0].id: needs one of unique, packet, counter'],
    [{ ...gives, id: { unique: 'a', packet: 'b' } }, 'rules[0].id: needs one of unique, packet, counter'],
    [{ ...gives, id: { packet: '{x}' } }, "rules[0].id.packet: '{x}' is captured neither by the topic nor by each"],
    [{ telemetry: { x: 'x' }, id: { counter: 'n' } }, 'rules[0].id.counter: counts events, and this rule gives none'],
    [
      { telemetry: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`f${i}`, 'x'])) },
      'rules[0].telemetry: may have 50 entries',
    ],
  ])('%j: %s', (rule, problem) => {
    expect(ofRule(rule)).toEqual([problem])
  })

  it('has no name __proto__', () => {
    const rule: unknown = JSON.parse('{"topic":"t","events":[{"words":{"__proto__":"sos","a":null}}]}')
    expect(problemsOf({ rules: [rule] })).toEqual(['rules[0].events[0].words.__proto__: is no name'])
  })
})

describe('commands', () => {
  const ofCommand = (command: object) =>
    problemsOf({
      rules: [{ topic: 'a/{unit}', ...gives }],
      commands: { sound: { topic: 'x', payload: 'x', ...command } },
    })

  it.each([
    [{ topic: 'x/+' }, 'commands.sound.topic: is sent to, so it must hold no wildcards'],
    [{ topic: 'care/x' }, "commands.sound.topic: topics beginning with '$' or 'care/' are the platform's own"],
    [{ payload: 'x'.repeat(4_001) }, 'commands.sound.payload: may have 4,000 characters'],
    [{ qos: 1 }, 'commands.sound.qos: is not known here; known are topic, payload'],
  ])('%j: %s', (command, problem) => {
    expect(ofCommand(command)).toEqual([problem])
  })

  it('know arguments, the target and what topics capture', () => {
    expect(
      ofCommand({ topic: '{unit}/{address}', payload: { a: '{seconds}', b: ['{commandId}'], c: '{not a name}' } }),
    ).toEqual([])
    expect(ofCommand({ payload: { a: '{what}' } })).toEqual([
      expect.stringMatching(/^commands\.sound\.payload: '\{what\}' is neither/),
    ])
  })
})
