import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectDecision, isDeviceId } from '../../gateway/acl.ts'
import { type Bench, publishPacket, rawLogin, sleep, startGateway } from './harness.ts'

describe('topics', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await startGateway()
  })
  afterEach(() => bench.stop())

  it.each([
    'care/v1/dev-2/event',
    'care/v1/dev-1',
    'care/v1/dev-11/event',
    '$SYS/broker/clients',
    'other',
    'care/v1/#',
  ])('closes the connection on a publish to %s', async (topic) => {
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket(topic, '{"id":1,"type":"sos"}', 1))
    await device.untilClosed()
    expect(device.of('puback')).toEqual([])
    expect(bench.messages).toEqual([])
  })

  it('names and counts the refusal', async () => {
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket('care/v1/dev-2/event', '{}', 1))
    await device.untilClosed()
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'publish_not_allowed' })).toBe(1)
    expect(bench.log.join()).toContain('publish_not_allowed')
  })

  it.each([
    '$SYS/#',
    '#',
    '+/v1/dev-1/command',
    'care/v1/+/command',
    'care/v1/dev-2/command',
    'care/v1/dev-1/#',
    'care/v1/dev-1/event',
  ])('refuses a subscription to %s and keeps the connection', async (topic) => {
    const device = await rawLogin(bench, 'dev-1')
    device.send({
      cmd: 'subscribe',
      messageId: 3,
      subscriptions: [
        { topic, qos: 1 },
        { topic: 'care/v1/dev-1/command', qos: 1 },
      ],
    })
    expect((await device.until('suback')).granted).toEqual([0x80, 1])
    await sleep(50)
    expect(device.closed).toBe(false)
    expect(device.of('publish')).toEqual([])
    device.end()
  })

  it.each(['care/v1/dev-1/nonsense', 'care/v1/dev-1/event/more', 'care/v1/dev-1/', 'care/v1/dev-1/a\0b'])(
    'keeps a message on %j as a dead letter',
    async (topic) => {
      const device = await rawLogin(bench, 'dev-1')
      device.send(publishPacket(topic, 'x', 4))
      await device.until('puback')
      expect(bench.messages[0]?.items).toMatchObject([{ kind: 'unreadable', reason: 'unknown_topic', alarm: false }])
      expect(bench.messages[0]?.topic).not.toContain('\0')
      device.end()
    },
  )
})

describe('decisions', () => {
  it('knows a device id', () => {
    expect(['a', 'SN-1:2.3_4', 'x'.repeat(64)].map(isDeviceId)).toEqual([true, true, true])
    expect(['', '-a', 'a/b', '+', 'a#', '$SYS', 'x'.repeat(65), 'é'].map(isDeviceId)).toEqual(Array(8).fill(false))
  })

  it('decides on a CONNECT by version and client id', () => {
    const kind = (protocolVersion: number, clientId: string, clean: boolean) =>
      connectDecision({ protocolVersion, clientId, clean }).kind
    expect(kind(4, '', true)).toBe('accept')
    expect(kind(4, '', false)).toBe('reject_identifier')
    expect(kind(3, '', true)).toBe('reject_identifier')
    expect(kind(3, 'a', false)).toBe('accept')
    expect(kind(5, 'a', true)).toBe('refuse_version_5')
  })
})
