import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VirtualDevice } from '../../server/contract/ports.ts'
import type { Peer, PeerContext } from '../../simulator/peers/peer.ts'
import { PendantPeer } from '../../simulator/peers/pendant.ts'
import { WatchPeer } from '../../simulator/peers/watch.ts'
import { createRandom } from '../../simulator/random.ts'
import { acknowledgement, cutPendantFrames, pendantFrame } from '../../simulator/wire/minifinder2.ts'
import { until } from './broker.ts'
import frames from './frames.json' with { type: 'json' }
import { peerContext, told } from './peer-context.ts'

const WATCH: VirtualDevice = { deviceId: 'watch', secret: '', kind: 'watch', room: null, address: '8308373902' }
const PENDANT: VirtualDevice = {
  deviceId: 'pendant',
  secret: '',
  kind: 'pendant',
  room: null,
  address: '862221087780481',
}
const READING = {
  ts: Date.parse('2026-03-01T04:05:06Z'),
  fields: { battery: 80, lat: 28.4, lon: 117.4, acc: 9, speed: 0, steps: 12, hr: 70, spo2: 97, sys: 120, dia: 75 },
}

/** A platform that keeps what it is sent, and answers as it is told to. */
class TcpPlatform {
  readonly chunks: Buffer[] = []
  readonly sockets = new Set<Socket>()
  connections = 0
  answer: (chunk: Buffer, socket: Socket) => void = () => undefined
  #server: Server | null = null
  port = 0

  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.connections++
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        this.chunks.push(chunk)
        this.answer(chunk, socket)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    this.port = typeof address === 'object' && address !== null ? address.port : 0
    this.#server = server
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()))
  }
}

let platform: TcpPlatform
let context: PeerContext
let peer: Peer

beforeEach(async () => {
  platform = new TcpPlatform()
  await platform.start()
  context = peerContext()
  Object.assign(context.places, { watchPort: platform.port, pendantPort: platform.port })
})
afterEach(async () => {
  await peer.stop()
  await platform.stop()
})

describe('a GPS watch', () => {
  /** Whole frames so far, in order. */
  const sent = () => platform.bytes.toString().match(/\[[^\]]*\]/g) ?? []
  const of = (word: string) => sent().filter((frame) => new RegExp(`\\*${word}[,\\]]`).test(frame))
  /** Answers each frame as the vendor's document asks for; `alarms`: also AL. */
  function answering(alarms: () => boolean = () => true): (chunk: Buffer, socket: Socket) => void {
    let rest = ''
    return (chunk, socket) => {
      rest += chunk.toString()
      for (const frame of rest.match(/\[[^\]]*\]/g) ?? []) {
        const [, vendor, id, index, word = ''] = /^\[(\w\w)\*(\d+)(\*\w{4})?\*\w{4}\*(\w+)/.exec(frame) ?? []
        const replies: Record<string, string> = { LK: 'LK', INIT: 'INIT,1', bphrt: 'bphrt', oxygen: 'oxygen,1' }
        const content = word === 'AL' ? (alarms() ? 'AL' : undefined) : replies[word]
        if (content === undefined) continue
        socket.write(`[${vendor}*${id}${index ?? ''}*${content.length.toString(16).padStart(4, '0')}*${content}]`)
      }
      rest = rest.slice(rest.lastIndexOf(']') + 1)
    }
  }
  async function begin(): Promise<void> {
    peer = new WatchPeer(WATCH, context)
    peer.start(0)
    await until(() => peer.online, 'connected')
  }

  it('introduces itself, and says its heartbeat', async () => {
    platform.answer = answering()
    await begin()
    peer.sample(WATCH, READING)
    await until(() => of('UD').length === 1, 'a position')
    expect(of('INIT')).toHaveLength(1)
    expect(of('LK')[0]).toMatch(/\*LK,0,0,80\]$/)
    expect(of('UD')[0]).toContain('UD,010326,040506,A,28.400000,N,117.4000000,E,0.00,')
    // Every frame says its own length.
    for (const frame of sent()) {
      const [, length = '', content = ''] = /\*(\w{4})\*([^*]*)\]$/.exec(frame) ?? []
      expect(Number.parseInt(length, 16)).toBe(content.length)
    }
    expect(context.journal.problems).toEqual([])
  })

  it('repeats an alarm, byte for byte, until it is answered', async () => {
    let answers = false
    platform.answer = answering(() => answers)
    await begin()
    let isDone = false
    const alarm = peer.act(WATCH, 'sos').then(() => {
      isDone = true
    })
    await until(() => of('AL').length >= 3, 'repetitions')
    expect(isDone).toBe(false)
    expect(new Set(of('AL')).size).toBe(1)
    expect(of('AL')[0]).toContain(',00010010,')
    answers = true
    await alarm
    const entry = context.journal.entries.find(({ type }) => type === 'sos')
    expect(entry).toMatchObject({ acknowledged: true, fate: 'due' })
    const count = of('AL').length
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(of('AL')).toHaveLength(count)
  })

  it('tells two alarms of the same second apart, one after the other', async () => {
    platform.answer = answering()
    await begin()
    await Promise.all([peer.act(WATCH, 'sos'), peer.act(WATCH, 'sos'), peer.act(WATCH, 'fall')])
    expect(new Set(of('AL')).size).toBe(3)
    expect(context.journal.problems).toEqual([])
  })

  it('keeps alarms and positions while it has no connection', async () => {
    platform.answer = answering()
    await begin()
    peer.cut(200)
    const alarm = peer.act(WATCH, 'fall')
    peer.sample(WATCH, READING)
    await alarm
    await until(() => of('UD2').length === 1, 'a stored position')
    expect(platform.connections).toBe(2)
    expect(of('AL')[0]).toContain(',00200010,')
  })

  it('carries out what it is told, and answers', async () => {
    platform.answer = answering()
    await begin()
    const message = frames.watch.find(({ raw }) => raw.includes('MESSAGE'))!.raw
    const id = WATCH.address
    const [socket] = platform.sockets
    const index = sent()[0]!.startsWith('[ZJ') ? '*0001' : ''
    const vendor = index === '' ? '3G' : 'ZJ'
    for (const content of ['CR', 'UPLOAD,600', /MESSAGE,\w+/.exec(message)?.[0] ?? '']) {
      socket!.write(`[${vendor}*${id}${index}*${content.length.toString(16).padStart(4, '0')}*${content}]`)
    }
    await until(() => of('MESSAGE').length === 1, 'answers')
    expect([of('CR').length, of('UPLOAD').length, of('UD').length]).toEqual([1, 1, 1])
    expect(context.journal.feedback().map(([what]) => what)).toEqual(['CR', 'UPLOAD', 'MESSAGE 好123'])
  })

  it.each([
    ['for another watch', '[3G*1111111111*0002*LK]'],
    ['with a wrong length', '[3G*8308373902*0009*LK]'],
    ['to what it did not say', '[3G*8308373902*0002*AL]'],
    ['of another sort', '[3G*8308373902*0006*LK,1,1]'],
    ['that is no frame', 'hello]'],
  ])('notices an answer %s', async (_name, answer) => {
    platform.answer = (_chunk, socket) => socket.write(answer)
    await begin()
    await until(() => context.journal.problems.length > 0, 'noticed')
  })

  it('says in its positions that the battery is low, and the platform tells it once', async () => {
    platform.answer = answering()
    await begin()
    for (const battery of [60, 14, 13]) peer.sample(WATCH, { ...READING, fields: { ...READING.fields, battery } })
    expect(told(context)).toEqual(['watch battery_ok possible', 'watch battery_low due'])
    await until(() => of('UD').length === 3, 'positions')
    expect(of('UD').map((frame) => /,(0{7}\d|000000\d\d),/.exec(frame)?.[1])).toEqual([
      '00000010',
      '00000011',
      '00000011',
    ])
  })
})

describe('a pendant', () => {
  const cut = () => cutPendantFrames(platform.bytes)
  async function begin(): Promise<void> {
    peer = new PendantPeer(PENDANT, context)
    peer.start(0)
    await until(() => peer.online, 'connected')
  }
  function answering(): (chunk: Buffer, socket: Socket) => void {
    let rest: Buffer = Buffer.alloc(0)
    return (chunk, socket) => {
      const { frames: whole, rest: more } = cutPendantFrames(Buffer.concat([rest, chunk]))
      rest = more
      for (const frame of whole) if (frame.wantsAck) socket.write(acknowledgement(frame.index))
    }
  }

  it('repeats each message until it is acknowledged, alarms first', async () => {
    await begin()
    peer.sample(PENDANT, READING)
    const alarm = peer.act(PENDANT, 'sos')
    await until(() => cut().frames.length >= 4, 'repetitions')
    expect(cut().frames.every(({ isSound, wantsAck, type }) => isSound && wantsAck && type === 1)).toBe(true)
    const alarms = cut().frames.filter(({ frame }) => frame.includes(Buffer.from('090200100000', 'hex')))
    expect(new Set(alarms.map(({ frame }) => frame.toString('hex'))).size).toBe(1)
    expect(alarms[0]?.records.toString('hex')).toContain(Buffer.from(PENDANT.address ?? '').toString('hex'))
    platform.answer = answering()
    await alarm
    await until(() => peer.waiting === 0, 'all acknowledged')
    expect(told(context)).toEqual(['pendant sos due'])
    const report = context.ledger.report()
    expect([report.sent, report.acknowledged, report.waiting]).toEqual([3, 3, 0])
  })

  it('keeps what it has while it has no connection', async () => {
    platform.answer = answering()
    await begin()
    peer.cut(150)
    await Promise.all([peer.act(PENDANT, 'fall'), peer.act(PENDANT, 'fall')])
    const alarms = cut().frames.filter(({ frame }) => frame.includes(Buffer.from('090204000000', 'hex')))
    expect(new Set(alarms.map(({ frame }) => frame.toString('hex'))).size).toBe(2)
  })

  it('answers a question for its position, and notices a wrong checksum', async () => {
    platform.answer = answering()
    await begin()
    peer.sample(PENDANT, READING)
    await until(() => peer.waiting === 0, 'acknowledged')
    const [socket] = platform.sockets
    socket!.write(pendantFrame(7, Buffer.from([1, 1, 0x12]), true))
    await until(() => cut().frames.length === 4, 'acknowledgement and report')
    // Its first message says who it is.
    const types = cut().frames.map(({ type }) => type)
    expect(types.sort((a, b) => a - b)).toEqual([1, 1, 1, 0x7f])
    expect(cut().frames.find(({ type }) => type === 0x7f)?.index).toBe(7)
    const spoilt = acknowledgement(1)
    spoilt[4] = (spoilt[4] ?? 0) ^ 1
    socket!.write(spoilt)
    await until(() => context.journal.problems.length === 1, 'noticed')
    expect(context.journal.feedback()).toEqual([['locate', 1]])
  })
})

describe('chance', () => {
  it('splits frames of a TCP device, and loses none of their bytes', async () => {
    context = peerContext({ random: (name) => createRandom(`split/${name}`) })
    Object.assign(context.places, { watchPort: platform.port })
    peer = new WatchPeer(WATCH, context)
    peer.start(0)
    await until(() => peer.online, 'connected')
    for (let n = 0; n < 40; n++) peer.sample(WATCH, READING)
    const positions = () => platform.bytes.toString().match(/\*UD,[^\]]*\]/g) ?? []
    await until(() => positions().length === 40, 'all positions')
    expect(new Set(positions()).size).toBe(1)
    expect(platform.chunks.length).toBeGreaterThan(5)
  })
})
