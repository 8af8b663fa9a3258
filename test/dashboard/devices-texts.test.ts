import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WAYS } from '../../dashboard/admin/devices/connection.ts'
import { EXAMPLE_MAPPING } from '../../dashboard/admin/devices/example-mapping.ts'
import { guideOf, stepsOf } from '../../dashboard/admin/devices/guide.ts'
import { type Connection, isThisMachine, serverAt } from '../../dashboard/admin/devices/guide-code.ts'
import { pathSteps, placeOf, syntaxErrorLine } from '../../dashboard/admin/devices/json-places.ts'
import { serverSays, TRANSLATED } from '../../dashboard/admin/devices/server-says.ts'
import {
  batteryText,
  DEVICE_ROLES,
  KINDS,
  LIFECYCLE,
  masked,
  PROTOCOLS,
  signalText,
} from '../../dashboard/admin/devices/terms.ts'
import { agoText, expectedText, roughDuration } from '../../dashboard/admin/devices/times.ts'
import * as contract from '../../server/contract/device.ts'
import { checkMapping } from '../../server/contract/mapping.ts'

describe('words for the contract', () => {
  it('are there for every kind, role, protocol and stage', () => {
    expect(KINDS).toEqual([...contract.DEVICE_KINDS])
    expect(DEVICE_ROLES).toEqual([...contract.DEVICE_ROLES])
    expect(PROTOCOLS).toEqual([...contract.PROTOCOLS])
    expect(LIFECYCLE).toEqual([...contract.LIFECYCLE_STATES])
  })

  it('translate sentences that the server really says', () => {
    const root = new URL('../../server/', import.meta.url)
    const sources = ['care/devices/', 'contract/'].flatMap((folder) =>
      readdirSync(new URL(folder, root), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(new URL(folder + entry.name, root), 'utf8')),
    )
    const said = sources.join('\n')
    expect(TRANSLATED.filter((sentence) => !said.includes(sentence))).toEqual([])
    expect(serverSays('is in row 12 as well', 'zh-CN')).toBe('与第 12 行重复')
    expect(serverSays('is in row 12 as well', 'en')).toBe('is in row 12 as well')
    expect(serverSays('constructor', 'zh-CN')).toBe('constructor')
  })
})

describe('times at a glance', () => {
  it('are rough', () => {
    expect([0, 59.9, 60, 3599, 3600, 47 * 3600, 48 * 3600, -5].map((s) => roughDuration(s, 'zh-CN'))).toEqual([
      '0 秒',
      '59 秒',
      '1 分钟',
      '59 分钟',
      '1 小时',
      '47 小时',
      '2 天',
      '0 秒',
    ])
  })

  it('tell the past and the overdue', () => {
    expect(agoText(2, 'zh-CN')).toBe('刚刚')
    expect(agoText(185, 'en')).toBe('3 min ago')
    expect(expectedText(185, 'zh-CN')).toBe('3 分钟内')
    expect(expectedText(-720, 'zh-CN')).toBe('已晚 12 分钟')
    expect(expectedText(-720, 'en')).toBe('12 min late')
  })
})

describe('figures of a device', () => {
  it('have their unit, or a dash', () => {
    expect([signalText(-87.4), signalText(142), signalText(0), signalText(null)]).toEqual([
      '−87 dBm',
      'LQI 142',
      'LQI 0',
      '—',
    ])
    expect([batteryText(79.6), batteryText(null)]).toEqual(['80%', '—'])
  })

  it('hide the middle of a phone number', () => {
    expect([masked('13912342208'), masked('+8613912342208'), masked('120')]).toEqual([
      '139****2208',
      '+86****2208',
      '***',
    ])
  })
})

describe('how to connect', () => {
  const connection = {
    protocol: 'zigbee2mqtt' as const,
    way: 'hub' as const,
    deviceId: 'hub-1',
    secret: 'a"b\\c: #',
    hiddenSecret: '(secret)',
    address: null,
    kind: 'hub',
    server: { host: 'care.example.org', mqtt: 1883, mqtts: 8883, websocketPath: '/mqtt', watch: 5093, pendant: 5116 },
    origin: 'https://console.example.org',
  }

  it('is said for every protocol and way', () => {
    for (const protocol of PROTOCOLS) {
      for (const way of WAYS[protocol])
        expect(stepsOf(protocol, way, 'button').length, `${protocol} ${way}`).toBeGreaterThan(0)
    }
  })

  it('quotes secrets so that YAML and TOML read them as they are', () => {
    const zigbee = guideOf(connection).code[0]?.text ?? ''
    const quoted = /^ {2}password: (.*)$/m.exec(zigbee)?.[1] ?? ''
    expect(JSON.parse(quoted)).toBe(connection.secret)
    expect(zigbee).toContain('server: mqtt://care.example.org:1883')
    const chirpstack = guideOf({ ...connection, protocol: 'chirpstack' }).code[0]?.text ?? ''
    expect(chirpstack).toContain('server = "tcp://care.example.org:1883/"')
    expect(chirpstack).toContain(`password = ${JSON.stringify(connection.secret)}`)
  })

  it('points a watch here by SMS', () => {
    const { code, facts } = guideOf({
      ...connection,
      protocol: 'watch',
      way: 'tcp',
      address: '3509000123',
      secret: null,
    })
    expect(code.map(({ text }) => text)).toEqual(['pw,123456,ip,care.example.org,5093#', 'pw,123456,upload,600#'])
    expect(facts.map(({ value }) => value)).toEqual(['care.example.org', '5093', '3509000123'])
  })

  it('hands a phone its settings, but only with the secret', () => {
    const phone = { ...connection, protocol: 'owntracks' as const, way: 'login' as const, deviceId: 'phone-7' }
    const link = guideOf(phone).phoneLink ?? ''
    const inline = new URL(link).searchParams.get('inline') ?? ''
    expect(JSON.parse(atob(inline))).toMatchObject({
      _type: 'configuration',
      host: 'care.example.org',
      username: 'phone-7',
      password: connection.secret,
    })
    expect(guideOf({ ...phone, secret: null }).phoneLink).toBeNull()
  })

  it('names the ports of this server, and the encrypted one only where there is one', () => {
    const server = { host: '10.0.0.7', mqtt: 21883, mqtts: null, websocketPath: '/mqtt', watch: 25093, pendant: 25116 }
    const at = (over: Partial<Connection>) => guideOf({ ...connection, ...over, server })
    expect(
      at({})
        .facts.map(({ key, value }) => [key, value])
        .slice(0, 3),
    ).toEqual([
      ['host', '10.0.0.7'],
      ['port', '21883'],
      ['username', 'hub-1'],
    ])
    expect(at({ protocol: 'watch', way: 'tcp' }).code[0]?.text).toBe('pw,123456,ip,10.0.0.7,25093#')
    expect(at({ protocol: 'minifinder2', way: 'tcp' }).facts[1]?.value).toBe('25116')
    for (const protocol of ['zigbee2mqtt', 'chirpstack', 'tasmota', 'esphome'] as const) {
      expect(at({ protocol }).code[0]?.text).toContain('21883')
    }
  })

  it('takes the page’s host and the usual ports where the server says nothing', () => {
    const usual = { mqtt: 1883, mqtts: 8883, websocketPath: '/mqtt', watch: 5093, pendant: 5116 }
    expect(serverAt('page.example.org', undefined)).toEqual({ ...usual, host: 'page.example.org' })
    const told = { ...usual, mqtt: 1, host: null }
    expect(serverAt('page.example.org', told)).toEqual({ ...told, host: 'page.example.org' })
    expect(serverAt('page.example.org', { ...told, host: 'mqtt.example.org' }).host).toBe('mqtt.example.org')
    expect(['localhost', '127.0.0.1', '[::1]', '10.0.0.7', 'localhost.example.org'].map(isThisMachine)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('shows no secret where it is not known', () => {
    const texts = JSON.stringify(guideOf({ ...connection, secret: null }))
    expect(texts).toContain('(secret)')
  })
})

describe('an example of a mapping', () => {
  it('is one', () => {
    expect(checkMapping(EXAMPLE_MAPPING)).toEqual({ ok: true, mapping: EXAMPLE_MAPPING })
  })
})

describe('places in a JSON text', () => {
  const text = '{\n  "rules": [\n    { "topic": "a/b" },\n    { "topic": "c}]\\"", "when": [1, 2] }\n  ]\n}'

  it('are found by path', () => {
    const at = (path: string) => {
      const { from, to, line } = placeOf(text, pathSteps(path))
      return [line, text.slice(from, to)]
    }
    expect(at('rules[0].topic')).toEqual([3, '"a/b"'])
    expect(at('rules/1/topic')).toEqual([4, '"c}]\\""'])
    expect(at('/rules/1/when/1')).toEqual([4, '2'])
    expect(at('rules[1]')).toEqual([4, '{ "topic": "c}]\\"", "when": [1, 2] }'])
    // What is missing stands in what it is missing from.
    expect(at('rules[1].events[0].value')).toEqual(at('rules[1]'))
    expect(at('')[0]).toBe(1)
  })

  it('are found in any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, pretty) => {
        const json = JSON.stringify(value, null, pretty ? 2 : 0)
        for (const [steps, part] of partsOf(value)) {
          const { from, to } = placeOf(json, steps)
          expect(JSON.parse(json.slice(from, to))).toEqual(JSON.parse(JSON.stringify(part)))
        }
      }),
    )
  })

  it('tell the line of a mistake', () => {
    const lines = (text: string) => syntaxErrorLine(text)
    expect(lines('{\n  "a": 1,\n  "b": \n}')).toBe(4)
    expect(lines('{\n  "a": 1,\n}')).toBe(3)
    expect(lines('{\n  "a": 01\n}')).toBe(2)
    expect(lines("{\n\n  'a': 1\n}")).toBe(3)
    expect(lines('{"a": "x\ny"}')).toBe(1)
    expect(lines('[1] 2')).toBe(1)
    expect(lines('')).toBe(1)
    expect(lines(' [1, "\\u00e9", true, null, -1.5e3] ')).toBeNull()
  })

  it('are mistakes exactly where JSON sees one', () => {
    const isJson = (text: string) => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'null',
      ' ',
      '\n',
      '\\',
      '\u2028',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(syntaxErrorLine(text) === null).toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })
})

/** Every part of a value with its path; keys that stand twice after path splitting are not asked for. */
function partsOf(value: unknown, steps: string[] = []): [string[], unknown][] {
  if (typeof value !== 'object' || value === null) return [[steps, value]]
  return [[steps, value], ...Object.entries(value).flatMap(([key, part]) => partsOf(part, [...steps, key]))]
}
