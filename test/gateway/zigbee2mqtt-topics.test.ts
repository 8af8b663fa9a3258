import { describe, expect, it } from 'vitest'
import { zigbee2mqttProtocol as protocol } from '../../gateway/protocols/zigbee2mqtt.ts'
import { hub, NOW, told } from './zigbee2mqtt-hub.ts'

const named = (...names: string[]) => names.map((name) => ({ friendly_name: name, type: 'EndDevice' }))

describe('topics of a login', () => {
  it('are all but the platform’s and the broker’s', () => {
    const { topics } = hub()
    for (const topic of ['care', 'care/v1/sos-1/event', '$SYS/x', '$']) expect(topics.channelOf(topic)).toBeNull()
    expect(topics.channelOf('zigbee2mqtt/Küche')).toBe('device')
    expect(topics.channelOf('careful/Küche')).toBe('device')
    for (const topic of ['zigbee2mqtt', 'zigbee2mqtt/', '', '/']) expect(topics.channelOf(topic)).toBe('unknown')
    expect(hub().take('zigbee2mqtt', '{}')).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })

  it.each([
    ['zigbee2mqtt/#', true],
    ['home7/zigbee/#', true],
    ['zigbee2mqtt/+/set', true],
    ['homeassistant/status', true],
    ['#', false],
    ['+/v1/#', false],
    ['care/#', false],
    ['care', false],
    ['care/v1/+/event', false],
    ['$SYS/#', false],
    ['$share/g/zigbee2mqtt/#', false],
    ['', false],
  ])('subscribing to %j: %s', (filter, allowed) => expect(hub().topics.maySubscribe(filter)).toBe(allowed))

  it('has device topics as alarm channels only', () => {
    expect(protocol.channels.filter((channel) => protocol.isAlarmChannel(channel))).toEqual(['device'])
  })
})

describe('the base topic', () => {
  it('comes from the will, and may hold slashes', () => {
    const home = hub('home7/zigbee/bridge/state')
    expect(home.address('home7/zigbee/Bedroom/SOS')).toBe('Bedroom/SOS')
    // A topic that isn't below it is read by its first level, so that no alarm is lost.
    expect(told(home.take('zigbee/smoke_detector', { smoke: true }))).toEqual(['smoke'])
    expect(home.address('zigbee/smoke_detector')).toBe('smoke_detector')
  })

  it.each([null, 'status/hub', '/bridge/state', 'care/v1/x/bridge/state'])('is learnt when the will is %j', (will) => {
    const home = hub(will)
    expect(home.address('home7/zigbee/SOS')).toBe('zigbee/SOS')
    expect(home.address('/zigbee/SOS')).toBe('SOS')
    home.take('home7/zigbee/bridge/logging', { level: 'info', message: 'x' })
    expect(home.address('home7/zigbee/SOS')).toBe('SOS')
    expect(home.address('home7/zigbee/garden/bridge/state')).toBe('garden/bridge/state')
    home.take('moved/bridge/state', 'online')
    expect(home.address('moved/SOS')).toBe('SOS')
  })

  it('is not learnt from a name that holds the word', () => {
    const home = hub(null)
    expect(home.address('zigbee2mqtt/garden/bridge/lamp')).toBe('garden/bridge/lamp')
    expect(home.memory.base).toBeNull()
  })
})

describe('names', () => {
  it.each(['Sonnette Entrée', ' Presence_DiningRoom', '卧室/紧急按钮', 'a/b/c', '0x00158d00054a726a', 'SOS 👵'])(
    '%j',
    (name) => {
      const home = hub()
      expect(home.address(`zigbee2mqtt/${name}`)).toBe(name)
      expect(home.take(`zigbee2mqtt/${name}`, { action: 'emergency' })).toMatchObject([{ from: name, kind: 'event' }])
      expect(home.take(`zigbee2mqtt/${name}/availability`, { state: 'offline' })).toEqual([
        { from: name, kind: 'presence', online: false },
      ])
      expect(home.address(`zigbee2mqtt/${name}/availability`)).toBe(name)
      expect(told(home.take(`zigbee2mqtt/${name}/action`, 'panic'))).toEqual(['sos'])
      expect(home.address(`zigbee2mqtt/${name}/action`, 'panic')).toBe(name)
    },
  )

  it('takes what is sent to devices for what it is, and no dead letter', () => {
    const home = hub()
    for (const topic of ['Lamp/set', 'Lamp/get', 'Lamp/left/set', 'Lamp/action/set']) {
      expect(home.take(`zigbee2mqtt/${topic}`, { smoke: true })).toEqual([])
      expect(home.address(`zigbee2mqtt/${topic}`)).toBeNull()
    }
    home.take('zigbee2mqtt/bridge/devices', named('Lamp'))
    expect(home.take('zigbee2mqtt/Lamp/set/state', 'ON')).toEqual([])
    expect(home.take('zigbee2mqtt/Lamp/get/state', '')).toEqual([])
  })

  it('may end in a word of the protocol, once the hub has told so', () => {
    const home = hub()
    const names = ['hall/set', 'x/availability', 'y/action', 'z/smoke', 'key/left']
    home.take('zigbee2mqtt/bridge/devices', named('key', ...names))
    for (const name of names) {
      expect(home.take(`zigbee2mqtt/${name}`, { action: 'emergency' })).toMatchObject([{ from: name, kind: 'event' }])
    }
  })

  it('belong to endpoints as well', () => {
    const home = hub()
    home.take('zigbee2mqtt/bridge/devices', named('Remote'))
    expect(home.address('zigbee2mqtt/Remote/left')).toBe('Remote')
    expect(home.address('zigbee2mqtt/Remote/l2')).toBe('Remote')
    expect(home.address('zigbee2mqtt/Remote/SOS')).toBe('Remote/SOS')
  })

  it('are cut to what can be registered and stored', () => {
    const home = hub()
    expect(home.address(`zigbee2mqtt/${'长'.repeat(200)}`)).toHaveLength(128)
    expect(home.address(`zigbee2mqtt/a\0${'b'.repeat(125)}👵`)).toBe(`a\ufffd${'b'.repeat(125)}\ufffd`)
  })

  it('of groups are no devices', () => {
    const home = hub()
    home.take('zigbee2mqtt/bridge/groups', [{ id: 1, friendly_name: 'lights' }])
    expect(home.take('zigbee2mqtt/lights', { state: 'ON' })).toEqual([])
    expect(home.take('zigbee2mqtt/lights/availability', 'online')).toEqual([])
    expect(home.address('zigbee2mqtt/lights')).toBeNull()
    home.take('zigbee2mqtt/bridge/devices', named('lights'))
    expect(told(home.take('zigbee2mqtt/lights', { smoke: true }))).toEqual(['smoke'])
  })
})

describe('one attribute on a topic of its own', () => {
  it('is read as in the JSON state (setting output: attribute)', () => {
    const home = hub()
    expect(told(home.take('zigbee2mqtt/Flur/smoke', 'true'))).toEqual(['smoke'])
    expect(home.address('zigbee2mqtt/Flur/smoke', 'true')).toBe('Flur')
    expect(home.take('zigbee2mqtt/Flur/battery', '71.5')).toMatchObject([{ sample: { fields: { battery: 71.5 } } }])
    expect(told(home.take('zigbee2mqtt/Flur/fall_status', 'fall_alarm'))).toEqual(['fall'])
    expect(home.take('zigbee2mqtt/Flur/last_seen', '2025-11-23T12:13:20Z')).toEqual([])
    expect(home.take('zigbee2mqtt/Flur/action', '')).toEqual([])
    expect(told(home.take('zigbee2mqtt/Flur/action', '"sos"'))).toEqual(['sos'])
    home.take('zigbee2mqtt/bridge/devices', named('Flur'))
    expect(home.take('zigbee2mqtt/Flur/motion_direction', 'standing_still')).toEqual([])
  })

  it('is a device’s name when its payload is an object', () => {
    const items = hub().take('zigbee2mqtt/Flur/smoke', { smoke: true })
    expect(items).toMatchObject([{ from: 'Flur/smoke', kind: 'level' }])
  })
})

describe('what can’t be read', () => {
  it.each([
    ['{"action":"emerg', 'invalid_json'],
    ['emergency', 'invalid_json'],
    ['"emergency"', 'not_an_object'],
    ['[]', 'not_an_object'],
    [Buffer.from([0xff, 0xfe]), 'invalid_utf8'],
    [`{"a":${'['.repeat(20)}${']'.repeat(20)}}`, 'too_deep'],
    [{ action: ['emergency'] }, 'invalid_field'],
    [{ action: true }, 'invalid_field'],
  ])('%j on a device’s topic may have been an alarm: %s', (body, reason) => {
    expect(hub().take('zigbee2mqtt/SOS 1', body)).toMatchObject([{ from: 'SOS 1', reason, alarm: true }])
  })

  it('is no alarm elsewhere', () => {
    for (const word of ['state', 'devices', 'groups', 'event', 'info', 'health']) {
      expect(hub().take(`zigbee2mqtt/bridge/${word}`, '{"')).toMatchObject([{ kind: 'unreadable', alarm: false }])
    }
    const broken = Buffer.from([0xc3, 0x28])
    expect(hub().take('zigbee2mqtt/x/availability', 'away')).toMatchObject([{ from: 'x', alarm: false }])
    expect(hub().take('zigbee2mqtt/x/battery', broken)).toMatchObject([{ from: 'x', alarm: false }])
    expect(hub().take('zigbee2mqtt/x/action', broken)).toMatchObject([{ from: 'x', alarm: true }])
    expect(hub().take('zigbee2mqtt/x', '')).toEqual([])
  })
})

describe('the hub', () => {
  it('tells of itself', () => {
    const home = hub()
    const offline = { level: 'hub', value: 'offline', calm: false }
    expect(home.take('zigbee2mqtt/bridge/state', 'offline')).toMatchObject([
      { kind: 'level', report: { ...offline, event: { type: 'hub_offline', messageId: `hub=offline@${NOW}` } } },
      { kind: 'presence', online: false },
    ])
    expect(home.take('zigbee2mqtt/bridge/state', { state: 'online' })).toMatchObject([
      { kind: 'level', report: { level: 'hub', value: 'online', calm: true, event: { type: 'hub_online' } } },
      { kind: 'presence', online: true },
    ])
    expect(home.take('zigbee2mqtt/bridge/info', { version: '2.6.3', permit_join: false })).toEqual([
      { kind: 'facts', facts: { firmware: '2.6.3' } },
    ])
    expect(home.take('zigbee2mqtt/bridge/health', { process: { uptime_sec: 61, memory_percent: 2.5 } })).toEqual([
      { kind: 'telemetry', sample: { deviceTs: null, fields: { uptime: 61, memory_percent: 2.5 } } },
    ])
  })

  it('says much that isn’t kept', () => {
    const home = hub()
    const words = [
      'logging',
      'log',
      'definitions',
      'extensions',
      'converters',
      'config',
      'response/device/rename',
      'new',
    ]
    for (const word of words) expect(home.take(`zigbee2mqtt/bridge/${word}`, '{"level":"error"}')).toEqual([])
    expect(home.take('homeassistant/sensor/0x01/action/config', '{"name":"x"}')).toEqual([])
    expect(home.address('zigbee2mqtt/bridge/logging')).toBeNull()
  })
})
