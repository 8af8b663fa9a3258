import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createChannels, type Message, SendError, whichAreSet } from '../../server/notify/channels.ts'
import { isSigned, sign } from '../../server/notify/signature.ts'
import { textOf } from '../../server/notify/texts.ts'
import { MailServer } from './smtp.ts'

const SECRET = 'sixteen characters or more'
const NOW = Date.parse('2026-03-02T02:41:53Z')
const MESSAGE: Message = {
  notificationId: '0195-n',
  caseId: '0195-c',
  to: '13800000001',
  subject: '安护 A1B2C3：跌倒',
  text: '跌倒，弋阳县，已 3 分钟无人处理。',
  facts: { caseId: '0195-c', kind: 'fall' },
}
let mail: MailServer
let http: Server
let status = 200
let seen: { request: IncomingMessage; body: string }[] = []
let url: string
let smtp: string
beforeEach(async () => {
  mail = new MailServer()
  smtp = await mail.start()
  seen = []
  status = 200
  http = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      seen.push({ request, body })
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('{}')
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
afterEach(async () => {
  await mail.stop()
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})
const channels = (over: object = {}) =>
  createChannels({
    ...{ smtp: { url: smtp, from: 'Anhu <anhu@example.org>' }, smsUrl: `${url}/sms`, callUrl: `${url}/call` },
    ...{ webhookUrl: `${url}/hook`, secret: SECRET, ...over },
  })
const failure = (sent: Promise<void>) =>
  sent.then(
    () => null,
    (error: unknown) => (error instanceof SendError ? [error.code, error.permanent] : error),
  )

test('a mail reaches the server, with an id that stays the same when it is sent again', async () => {
  const { email } = channels()
  await email.send({ ...MESSAGE, to: 'boss@example.org' }, NOW)
  expect(mail.mails).toHaveLength(1)
  const [one] = mail.mails
  expect(one?.to).toEqual(['boss@example.org'])
  expect(one?.from).toContain('anhu@example.org')
  expect(one?.data).toContain('Message-ID: <0195-n@anhu>')
  expect(one?.data).toContain('X-Anhu-Case: 0195-c')
})

test('what a mail server refuses for good is not tried again; for now, is', async () => {
  const { email } = channels()
  mail.answer = '550 unknown'
  expect(await failure(email.send({ ...MESSAGE, to: 'x@example.org' }, NOW))).toEqual(['refused', true])
  mail.answer = '451 later'
  expect(await failure(email.send({ ...MESSAGE, to: 'x@example.org' }, NOW))).toEqual(['unavailable', false])
  expect(await failure(email.send({ ...MESSAGE, to: null }, NOW))).toEqual(['no_address', true])
  await mail.stop()
  expect(await failure(email.send({ ...MESSAGE, to: 'x@example.org' }, NOW))).toEqual(['unavailable', false])
})

test('messages, calls and the hook are signed posts with an id of their own', async () => {
  const { sms, voice, webhook } = channels()
  for (const channel of [sms, voice, webhook]) await channel.send(MESSAGE, NOW)
  expect(seen.map(({ request }) => request.url)).toEqual(['/sms', '/call', '/hook'])
  const [first, call, hook] = seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  expect(first).toEqual({ id: '0195-n', to: '13800000001', text: MESSAGE.text })
  expect(call).toMatchObject({ keys: { 1: 'accepted', 2: 'declined' }, answer: '/api/v1/notifications/0195-n/answer' })
  expect(hook).toMatchObject({ caseId: '0195-c', kind: 'fall' })
  expect(hook).not.toHaveProperty('to')
  for (const { request, body } of seen) {
    const timestamp = String(request.headers['x-anhu-timestamp'])
    expect(request.headers['x-anhu-signature']).toBe(sign(SECRET, timestamp, body))
    expect(request.headers['idempotency-key']).toBe('0195-n')
  }
})

test.each([
  [400, 'refused', true],
  [404, 'refused', true],
  [302, 'refused', true],
  [408, 'unavailable', false],
  [429, 'unavailable', false],
  [500, 'unavailable', false],
  [503, 'unavailable', false],
])('a carrier that answers %i: %s', async (code, error, permanent) => {
  status = code
  expect(await failure(channels().sms.send(MESSAGE, NOW))).toEqual([error, permanent])
  expect(seen).toHaveLength(1)
})

test('what is not set up says so', async () => {
  const none = createChannels({ smtp: null, smsUrl: null, callUrl: null, webhookUrl: null, secret: null })
  expect(whichAreSet(none)).toEqual({ desk: true, email: false, sms: false, voice: false, webhook: false })
  expect(await failure(none.sms.send(MESSAGE, NOW))).toEqual(['channel_unset', true])
  // Without a secret nothing is sent unsigned.
  expect(whichAreSet(channels({ secret: null }))).toMatchObject({
    sms: false,
    voice: false,
    webhook: false,
    email: true,
  })
})

test('a signature fits its content, its secret and its five minutes alone', () => {
  const timestamp = String(NOW / 1000)
  const signature = sign(SECRET, timestamp, 'n.accepted')
  const given = { timestamp, signature }
  expect(isSigned(SECRET, given, 'n.accepted', NOW)).toBe(true)
  expect(isSigned(SECRET, given, 'n.accepted', NOW + 299_000)).toBe(true)
  expect(isSigned(SECRET, given, 'n.accepted', NOW + 301_000)).toBe(false)
  expect(isSigned(SECRET, given, 'n.accepted', NOW - 301_000)).toBe(false)
  expect(isSigned(SECRET, given, 'm.accepted', NOW)).toBe(false)
  expect(isSigned('another secret altogether', given, 'n.accepted', NOW)).toBe(false)
  expect(isSigned(SECRET, { timestamp, signature: 'sha256=' }, 'n.accepted', NOW)).toBe(false)
})

test('the words name what, where and how long, and nobody', () => {
  const told = {
    caseId: '01959aaa-0000-7000-8000-0000deadbeef',
    kind: 'fall' as const,
    place: '弋阳县 桃源街道',
    surname: '周',
    waitedSeconds: 185,
  }
  expect(textOf(told, 'user', 'zh-CN').text).toBe(
    '安护警情 ADBEEF：跌倒，弋阳县 桃源街道，已 3 分钟无人处理。请立即进入呼叫中心接警。电话中由您负责请按 1。',
  )
  const contact = textOf(told, 'contact', 'zh-CN').text
  expect(contact).toContain('周姓老人')
  expect(contact).not.toContain('弋阳')
  expect(textOf({ ...told, surname: null }, 'contact', 'zh-CN').text).toContain('您关心的老人')
  expect(textOf({ ...told, place: null }, 'group', 'en')).toEqual({
    subject: 'Anhu ADBEEF: Fall alarm, 3 min without answer',
    text: 'Anhu case ADBEEF: Fall alarm, place not recorded, 3 min without answer. Go to the call centre and take it now. On the phone, press 1 to take responsibility.',
  })
})
