import { describe, expect, it } from 'vitest'
import { openFilesLimit, requireFileHandles } from '../../simulator/file-handles.ts'
import { drawKinds, MIXABLE, readMix } from '../../simulator/mix.ts'
import { HELP, readOptions, UsageError } from '../../simulator/options.ts'
import { createRandom } from '../../simulator/random.ts'

const read = (...args: string[]) => readOptions(args, { ADMIN_PASSWORD: 'from the environment' })

describe('options', () => {
  it('have defaults', () => {
    expect(read()).toEqual({
      homes: 30,
      mix: [{ protocol: 'native', weight: 1 }],
      isSmall: false,
      scenarioFile: null,
      listsLibrary: false,
      seed: 1,
      speed: 1,
      url: 'http://127.0.0.1:8080',
      mqttUrl: 'mqtt://127.0.0.1:1883',
      watchPort: 5093,
      pendantPort: 5116,
      username: 'admin',
      password: 'from the environment',
      pressesPerHour: 15,
      telemetrySeconds: 60,
      minutes: null,
      stateFile: './data/simulator.json',
      outages: false,
      qos: 0,
      settleSeconds: 2,
    })
  })

  it('are read', () => {
    const args = ['--homes', '5', '--minutes=0.5', '--url', 'http://host:1/', '--mqtt', 'ws://host/mqtt', '--outages']
    expect(read(...args, '--password', 'x', '--presses-per-hour', '0')).toMatchObject({
      homes: 5,
      minutes: 0.5,
      url: 'http://host:1',
      mqttUrl: 'ws://host/mqtt',
      outages: true,
      password: 'x',
      pressesPerHour: 0,
    })
    expect(read('--help')).toBeNull()
    expect(read('--list-library')).toMatchObject({ listsLibrary: true })
    expect(read('--mix', 'native=3,watch', '--speed=60', '--qos=1', '--scenario', 'x.json')).toMatchObject({
      mix: [
        { protocol: 'native', weight: 3 },
        { protocol: 'watch', weight: 1 },
      ],
      speed: 60,
      qos: 1,
      scenarioFile: 'x.json',
    })
  })

  it.each([
    [['--homes', 'many'], '--homes must be a whole number from 1 to 20000, not "many"'],
    [['--homes', '2.5'], '--homes must be a whole number'],
    [['--homes', ''], '--homes must be a whole number'],
    [['--homes', '0'], 'from 1'],
    [['--minutes', '-1'], '--minutes'],
    [['--telemetry-seconds', 'NaN'], '--telemetry-seconds must be a number'],
    [['--mqtt', 'http://x'], '--mqtt must be a URL that begins with one of mqtt://'],
    [['--url', 'nonsense'], '--url must be a URL'],
    [['--speed', '0'], '--speed must be a number from 0.1 to 3600'],
    [['--qos', '2'], '--qos must be a whole number from 0 to 1'],
    [['--mix', 'nativ'], '--mix: "nativ" is none of native, zigbee2mqtt,'],
    [['--mix', 'watch=many'], '--mix: the share of watch must be a number above 0'],
    [['--mix', 'watch=1=2'], '--mix: the share of watch'],
    [['--mix', ''], '--mix: "" is none of'],
    [['--hoems', '3'], "'--hoems'"],
    [['--homes'], '--homes'],
    [['stray'], "'stray'"],
  ])('a wrong one is named: %j', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError)
    expect(() => read(...args)).toThrow(message)
  })

  it('very many homes have one native device each, unless a mix is asked for', () => {
    expect(read('--homes=10000')?.isSmall).toBe(true)
    expect(read('--homes=10000', '--mix=native')?.isSmall).toBe(false)
  })

  it('the help names every option', () => {
    for (const option of [
      'mix',
      'scenario',
      'seed',
      'speed',
      'homes',
      'minutes',
      'qos',
      'watch-port',
      'settle-seconds',
    ]) {
      expect(HELP).toContain(`--${option} `)
    }
    for (const line of HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })
})

describe('a mix', () => {
  it('has other names for some kinds, and one for all', () => {
    const names = (text: string) => {
      const mix = readMix(text)
      return typeof mix === 'string' ? mix : mix.map(({ protocol }) => protocol)
    }
    expect(names('all')).toEqual(MIXABLE)
    expect(names('pendant,lorawan')).toEqual(['minifinder2', 'chirpstack'])
    expect(names('wifi, watch')).toEqual(['shelly_blu', 'shelly_gen1', 'tasmota', 'esphome', 'watch'])
  })

  it('is drawn by its shares, some homes with two kinds', () => {
    const mix = readMix('native=3,watch=1')
    if (typeof mix === 'string') throw new Error(mix)
    const random = createRandom('mix')
    const homes = Array.from({ length: 4_000 }, () => drawKinds(mix, random))
    expect(homes.filter(([first]) => first === 'native').length / 4_000).toBeCloseTo(0.75, 1)
    expect(homes.filter(({ length }) => length === 2).length / 4_000).toBeCloseTo(0.3, 1)
    expect(homes.every((kinds) => new Set(kinds).size === kinds.length)).toBe(true)
  })
})

describe('open files', () => {
  it('are counted before anything is begun, and the message says what to do', () => {
    expect(() => requireFileHandles(10_000, 1_024)).toThrow(UsageError)
    expect(() => requireFileHandles(10_000, 1_024)).toThrow('run "ulimit -n 10100"')
    expect(() => requireFileHandles(10_000, 65_536)).not.toThrow()
    expect(() => requireFileHandles(10_000, null)).not.toThrow()
  })

  it('the limit of this process is known on Linux', () => {
    const limit = openFilesLimit()
    if (process.platform === 'linux') expect(limit === null || limit > 10).toBe(true)
  })
})
