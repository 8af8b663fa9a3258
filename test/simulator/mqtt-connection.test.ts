import { createServer, type Server, type Socket } from 'node:net'
import { generate } from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MqttConnection } from '../../simulator/mqtt/connection.ts'
import { until } from './broker.ts'

const PINGREQ = 0xc0

/** A broker that takes every login and answers a ping when it is told to. */
let server: Server
let socket: Socket | null
let pings: number
let url: string

beforeEach(async () => {
  pings = 0
  socket = null
  server = createServer((one) => {
    socket = one
    one.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }))
    one.on('data', (chunk) => {
      pings += chunk.filter((byte, at) => byte === PINGREQ && chunk[at + 1] === 0).length
    })
    one.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterEach(async () => {
  socket?.destroy()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

const connect = (keepaliveS: number, ended: string[]) =>
  new Promise<MqttConnection>((resolve) => {
    const login = { clientId: 'one', username: 'one', password: 'secret', keepaliveS, will: null }
    const connection: MqttConnection = new MqttConnection(url, login, {
      up: () => resolve(connection),
      message: () => undefined,
      notSubscribed: () => undefined,
      down: (_code, reason) => ended.push(reason),
    })
  })

describe('an MQTT connection', () => {
  it('takes the answer to an earlier ping for what it is', async () => {
    const connection = await connect(1, [])
    await until(() => pings === 1, 'a ping to keep it alive')
    let answered = false
    connection.ping(() => {
      answered = true
    })
    await until(() => pings === 2, 'a second one')
    socket?.write(generate({ cmd: 'pingresp' }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(answered).toBe(false)
    socket?.write(generate({ cmd: 'pingresp' }))
    await until(() => answered, 'the answer to the second')
    connection.destroy()
  })

  it('ends when a ping is not answered until the next one', async () => {
    const ended: string[] = []
    await connect(1, ended)
    await until(() => ended.length === 1, 'an end')
    expect([ended, pings]).toEqual([['no PINGRESP'], 1])
  })
})
