import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, startGateway, waitFor } from './harness.ts'
import { TcpClient } from './tcp-client.ts'

const ID = '9031853319'
const LINK = `[3G*${ID}*0002*LK]`
const ALARM = `[3G*${ID}*0059*AL,241126,101500,A,28.455,N,117.943,E,0.5,0,40,8,80,66,1200,0,00010000,0,0,10]`

let bench: Bench
const open: TcpClient[] = []

async function watch(options: { localAddress?: string } = {}): Promise<TcpClient> {
  const client = await TcpClient.open(bench.watchPort, options)
  open.push(client)
  return client
}

function register(sources: string[] = [], address = ID): void {
  const device = { deviceId: address, kind: 'watch', protocol: 'watch', model: null, role: null, sources }
  bench.directory.byAddress.set(`watch - ${address}`, device)
}

beforeEach(async () => {
  bench = await startGateway({ limits: { connectMs: 400 } })
  register()
})
afterEach(async () => {
  for (const client of open.splice(0)) client.close()
  await bench.stop()
})

describe('devices over TCP', () => {
  it('answers a keep-alive byte for byte, and knows the device as connected', async () => {
    const client = await watch()
    client.send(LINK)
    expect(await client.until(']')).toBe(LINK)
    expect(bench.presence).toEqual([[ID, true]])
    expect(bench.reachable).toEqual([ID])
    client.close()
    await waitFor(() => !bench.isConnected(ID), 'the end')
  })

  it('answers an alarm when it is stored, not before', async () => {
    bench.store.mode = 'down'
    const client = await watch()
    client.send(ALARM)
    await waitFor(() => bench.messages.length === 1, 'the alarm')
    await sleep(100)
    expect(client.text).toBe('')
    bench.store.recover()
    expect(await client.until(']')).toBe(`[3G*${ID}*0002*AL]`)
    expect(bench.messages[0]).toMatchObject({ deviceId: ID, protocol: 'watch' })
    const events = bench.messages[0]?.items.filter(({ kind }) => kind === 'event')
    expect(events).toMatchObject([{ deviceId: ID, event: { type: 'sos' } }])
  })

  it('keeps the order of answers, also while the device is being looked up', async () => {
    const client = await watch()
    client.send(`${ALARM}${LINK}${ALARM.replace('101500', '101501')}`)
    const answers = `[3G*${ID}*0002*AL]${LINK}[3G*${ID}*0002*AL]`
    expect(await client.until(answers)).toBe(answers)
    expect(bench.messages.filter(({ items }) => items.some(({ kind }) => kind === 'event'))).toHaveLength(2)
  })

  it('takes frames in any pieces', async () => {
    const client = await watch()
    for (const piece of ALARM.match(/.{1,7}/g) ?? []) {
      client.send(piece)
      await sleep(1)
    }
    await client.until(`[3G*${ID}*0002*AL]`)
  })

  it('lists a device that nobody has registered, and serves it nothing', async () => {
    const client = await watch()
    client.send(ALARM.replace(ID, '1111111111'))
    await client.untilClosed()
    expect(client.text).toBe('')
    expect(bench.messages).toEqual([])
    expect(bench.knocks).toMatchObject([{ hubId: null, protocol: 'watch', address: '1111111111', announced: false }])
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'not_registered' })).toBe(1)
  })

  it('a connection is one device’s: a frame of another ends it, and an alarm in it is never the other’s', async () => {
    register([], '2222222222')
    const client = await watch()
    client.send(LINK)
    await client.until(LINK)
    client.send(ALARM.replace(ID, '2222222222'))
    await client.untilClosed()
    expect(
      bench.messages.every(({ deviceId, items }) =>
        [deviceId, ...items.map((i) => i.deviceId)].every((id) => id === ID),
      ),
    ).toBe(true)
    expect(bench.messages.at(-1)?.items).toMatchObject([{ kind: 'unreadable', alarm: true, deviceId: ID }])
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'other_identity' })).toBe(1)
  })

  it('holds a device to the networks in its record', async () => {
    register(['10.8.0.0/16'])
    const client = await watch()
    client.send(ALARM)
    await client.untilClosed()
    expect(bench.messages).toEqual([])
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'source_not_allowed' })).toBe(1)
  })

  it('the newest connection of a device wins, and it never counts as gone', async () => {
    const first = await watch()
    first.send(LINK)
    await first.until(LINK)
    const second = await watch()
    second.send(LINK)
    await second.until(LINK)
    await first.untilClosed()
    await sleep(50)
    expect(bench.presence).toEqual([[ID, true]])
    expect(bench.gateway.connections()).toMatchObject({ tcp: 1 })
  })

  it('ends connections that say nothing, never finish a frame, or send no frame at all', async () => {
    const silent = await watch()
    await silent.untilClosed()
    const endless = await watch()
    endless.send(`[3G*${ID}*0002*${'x'.repeat(200_000)}`)
    await endless.untilClosed()
    const nonsense = await watch()
    nonsense.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await nonsense.untilClosed()
    expect(bench.messages).toEqual([])
  })

  it('a store that fails leaves the alarm unanswered, so that the watch sends it again', async () => {
    bench.store.mode = () => Promise.reject(new Error('stopping'))
    const client = await watch()
    client.send(ALARM)
    await client.untilClosed()
    expect(client.text).toBe('')
    bench.store.mode = 'up'
    const again = await watch()
    again.send(ALARM)
    await again.until(`[3G*${ID}*0002*AL]`)
  })

  it('waits while the directory can’t be asked', async () => {
    bench.directory.mode = 'down'
    const client = await watch()
    client.send(ALARM)
    await sleep(600)
    expect(bench.messages).toEqual([])
    bench.directory.mode = 'up'
    await client.until(`[3G*${ID}*0002*AL]`)
  })

  it('sends commands in the device’s own words, with the header of its frames', async () => {
    const target = { deviceId: ID, protocol: 'watch', kind: 'watch', model: null, hubId: null, address: ID }
    const locate = { commandId: 'c1', type: 'locate', args: {} } as const
    expect(await bench.gateway.links.deliver(target, locate)).toBe('offline')
    const client = await watch()
    client.send(LINK)
    await client.until(LINK)
    expect(await bench.gateway.links.deliver(target, locate)).toBe('delivered')
    expect(await client.until('*CR]')).toBe(`${LINK}[3G*${ID}*0002*CR]`)
  })

  it('frames beyond the rate are read later, not dropped', async () => {
    await bench.stop()
    bench = await startGateway({ limits: { messagesPerDevice: { perSecond: 200, burst: 20 } } })
    register()
    const client = await watch()
    client.send(LINK.repeat(100))
    await waitFor(() => client.text.length === LINK.length * 100, 'all answers')
  })
})
