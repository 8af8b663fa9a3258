import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { mayBeHeard, newCall } from '../../dashboard/terminal/call.ts'
import { decideOffer } from '../../dashboard/terminal/voice/offer.ts'
import { qualityOf, SILENCE, soundOf } from '../../dashboard/voice/stats.ts'
import { CALL_STATES } from '../../server/contract/voice.ts'
import { iceServers } from '../../server/voice/ice.ts'
import { createOrder } from '../../server/voice/order.ts'
import { dialUri, isTelling, maskNumber, plainNumber } from '../../server/voice/phone.ts'
import { createRate } from '../../server/voice/rate.ts'
import { checkSignature } from '../../server/voice/signature.ts'
import { type CallEvent, nextCall } from '../../server/voice/transitions.ts'

describe('a call', () => {
  const events: CallEvent[] = [
    { type: 'answered' },
    { type: 'refused', reason: 'no_microphone' },
    { type: 'hang_up', by: 'resident' },
    { type: 'media' },
    { type: 'due' },
  ]
  test('goes on as the table says, and what is over stays over', () => {
    const table = CALL_STATES.map((state) => events.map((event) => nextCall(state, event)?.state ?? '–').join(' '))
    expect(table).toEqual(['connected failed ended failed failed', '– – ended failed failed', '– – – – –', '– – – – –'])
  })
  test('says why it is over', () => {
    expect(events.map((event) => nextCall('ringing', event)?.reason)).toEqual([
      null,
      'no_microphone',
      'resident',
      'media',
      'no_answer',
    ])
    expect(nextCall('connected', { type: 'due' })?.reason).toBe('lost')
  })
})

describe('an offer at the terminal', () => {
  const facts = { current: null, call: 'a', canTalk: true, hasMicrophone: true, auto: true, mayAnswer: true }
  test.each([
    [{}, { do: 'announce' }],
    [{ auto: false }, { do: 'ring' }],
    // The platform alone can't make a home be heard.
    [{ mayAnswer: false }, { do: 'ring' }],
    [{ hasMicrophone: false }, { do: 'refuse', reason: 'no_microphone' }],
    [
      { canTalk: false, hasMicrophone: false },
      { do: 'refuse', reason: 'unsupported' },
    ],
    [{ current: 'b' }, { do: 'refuse', reason: 'busy' }],
    [{ current: 'a' }, { do: 'renew' }],
  ])('%j is answered with %j', (over, decision) => {
    expect(decideOffer({ ...facts, ...over })).toEqual(decision)
  })

  const stored = { ...newCall('sos', 'p', 0), step: 'received' as const, unsent: [] }
  test.each([
    ['no call', null, false],
    ['a press that the platform has', stored, true],
    ['a press that is still on its way', newCall('sos', 'p', 0), false],
    ['a fall of this home, which the platform told of', { ...stored, kind: null, caseId: 'c' }, true],
    ['a call about another case', { ...stored, caseId: 'd' }, false],
    ['a wish for help', { ...stored, kind: 'help' as const }, false],
    ['a press that was taken back', { ...stored, step: 'cancelled' as const }, false],
    ['a case that is over', { ...stored, step: 'closed' as const }, false],
  ])('is heard without a tap only with its own knowledge: %s', (_, call, may) => {
    expect(mayBeHeard(call, 'c')).toBe(may)
  })
})

describe('telephone numbers', () => {
  test.each(['13912345678', '+86 139 1234 5678', '0086-13912345678', '8613912345678', '139-1234-5678'])(
    '%s is the same number',
    (number) => expect(plainNumber(number)).toBe('13912345678'),
  )
  test('an area code is the same with and without its trunk 0', () => {
    expect(plainNumber('0793-8223110')).toBe(plainNumber('+86 793 8223110'))
  })
  test('an extension tells nothing', () => expect([isTelling('8001'), isTelling('8223110')]).toEqual([false, true]))
  test('is dialled by the scheme that was set', () => {
    expect(dialUri('0793-822 3110', { scheme: 'tel' })).toBe('tel:07938223110')
    expect(dialUri('+86 139 1234 5678', { scheme: 'sip', domain: 'pbx.example.cn' })).toBe(
      'sip:+8613912345678@pbx.example.cn',
    )
  })
  test('is masked in the middle', () => expect(maskNumber('13912345678')).toBe('139****5678'))
})

describe('the signature of the exchange', () => {
  const secret = 'a-secret-of-the-exchange'
  const body = Buffer.from('{"externalId":"1"}')
  const sign = (timestamp: string, text = body) =>
    `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(text).digest('hex')}`
  const now = 1_800_000_000_000
  const timestamp = String(now / 1000)
  const check = (over: object) => checkSignature({ secret, timestamp, signature: sign(timestamp), body, ...over }, now)
  test('passes when it is right', () => expect(() => check({})).not.toThrow())
  test.each([
    ['another body', { body: Buffer.from('{}') }],
    ['another secret', { secret: 'some-other-secret-here' }],
    ['no signature', { signature: undefined }],
    ['half a signature', { signature: 'sha256=ab' }],
    ['no timestamp', { timestamp: undefined }],
    ['another timestamp', { timestamp: String(now / 1000 + 1) }],
    ['an old message', { timestamp: String(now / 1000 - 301), signature: sign(String(now / 1000 - 301)) }],
  ])('does not with %s', (_, over) =>
    expect(() => check(over)).toThrow(expect.objectContaining({ code: 'bad_signature' })),
  )
})

describe('ICE servers', () => {
  const stun = { urls: 'stun:stun.example.org:3478' }
  test('with a shared secret each call has a login that runs out', () => {
    const turn = { urls: ['turn:turn.example.org'], username: null, credential: null, secret: 's3cret' }
    const [first, second] = iceServers({ servers: [stun], turn }, 'call-1', 1_000_000_000)
    expect(first).toEqual(stun)
    expect(second?.username).toBe('1021600:call-1')
    expect(second?.credential).toBe(createHmac('sha1', 's3cret').update('1021600:call-1').digest('base64'))
  })
  test('with a fixed login all have that one', () => {
    const turn = { urls: ['turn:t'], username: 'u', credential: 'c', secret: null }
    expect(iceServers({ servers: [], turn }, 'x', 0)).toEqual([{ urls: ['turn:t'], username: 'u', credential: 'c' }])
    expect(iceServers({ servers: [], turn: null }, 'x', 0)).toEqual([])
  })
})

test('a side may say so much at once, then so much a second', () => {
  const mayTalk = createRate()
  const said = Array.from({ length: 100 }, () => mayTalk('a', 0)).filter(Boolean).length
  expect(said).toBe(80)
  expect(mayTalk('b', 0)).toBe(true)
  expect([mayTalk('a', 100), mayTalk('a', 100)]).toEqual([true, false])
})

test('one speaker’s work is done in order, another’s meanwhile, and a failure stops nothing', async () => {
  const inOrder = createOrder()
  const done: string[] = []
  const work = (name: string, ms: number) => () =>
    new Promise<void>((resolve) => setTimeout(resolve, ms)).then(() => void done.push(name))
  const failing = inOrder('a', () => Promise.reject(new Error('no')))
  await Promise.all([
    expect(failing).rejects.toThrow('no'),
    inOrder('a', work('a1', 30)),
    inOrder('a', work('a2', 0)),
    inOrder('b', work('b1', 5)),
  ])
  expect(done).toEqual(['b1', 'a1', 'a2'])
})

test('how a call sounds is told from what has come since the last look', () => {
  const inbound = (packetsReceived: number, packetsLost: number) => ({
    type: 'inbound-rtp',
    kind: 'audio',
    packetsReceived,
    packetsLost,
    audioLevel: 0.2,
  })
  const pair = { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.04 }
  const first = soundOf([inbound(100, 0), pair, { type: 'media-source', kind: 'audio', audioLevel: 0.1 }], SILENCE)
  expect(first).toMatchObject({ heard: 0.2, said: 0.1, loss: 0, roundTripMs: 40 })
  expect(qualityOf(first)).toBe('good')
  const second = soundOf([inbound(180, 20)], first)
  expect(second.loss).toBeCloseTo(0.2)
  expect(qualityOf(second)).toBe('poor')
  expect(qualityOf({ ...SILENCE, roundTripMs: 350 })).toBe('fair')
})
