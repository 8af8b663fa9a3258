import { describe, expect, it } from 'vitest'
import { readOptions, UsageError } from '../../simulator/options.ts'

const read = (...args: string[]) => readOptions(args, { ADMIN_PASSWORD: 'from the environment' })

describe('options', () => {
  it('have defaults', () => {
    expect(read()).toEqual({
      homes: 30,
      seed: 1,
      url: 'http://127.0.0.1:8080',
      mqttUrl: 'mqtt://127.0.0.1:1883',
      username: 'admin',
      password: 'from the environment',
      pressesPerHour: 15,
      telemetrySeconds: 60,
      minutes: null,
      stateFile: './data/simulator.json',
      outages: false,
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
    [['--hoems', '3'], "'--hoems'"],
    [['--homes'], '--homes'],
    [['stray'], "'stray'"],
  ])('a wrong one is named: %j', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError)
    expect(() => read(...args)).toThrow(message)
  })
})
