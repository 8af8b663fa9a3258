import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'

const problems = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems
  }
}

test('calls work without any setting, by tel: and without an exchange', () => {
  expect(readConfig({})).toMatchObject({
    ice: { servers: [], turn: null },
    dial: { scheme: 'tel' },
    exchangeSecret: null,
  })
})

test('all of it can be set', () => {
  const config = readConfig({
    ICE_SERVERS: '[{"urls":["stun:a.example.org:3478","turns:a.example.org:443"],"username":"u","credential":"c"}]',
    TURN_URL: 'turn:t.example.org:3478, turns:t.example.org:443',
    TURN_SECRET: 's3cret',
    DIAL_SCHEME: 'sip',
    DIAL_SIP_DOMAIN: 'pbx.example.cn:5061',
    EXCHANGE_SECRET: '0123456789abcdef',
  })
  expect(config).toMatchObject({
    ice: {
      servers: [{ username: 'u', credential: 'c' }],
      turn: { urls: ['turn:t.example.org:3478', 'turns:t.example.org:443'], secret: 's3cret' },
    },
    dial: { scheme: 'sip', domain: 'pbx.example.cn:5061' },
    exchangeSecret: '0123456789abcdef',
  })
})

test.each([
  [{ ICE_SERVERS: 'stun:a' }, /ICE_SERVERS must be a JSON list/],
  [{ ICE_SERVERS: '[{"urls":"http://a"}]' }, /ICE_SERVERS must be a JSON list/],
  [{ ICE_SERVERS: '[{"urls":[]}]' }, /ICE_SERVERS must be a JSON list/],
  [{ TURN_URL: 'stun:a', TURN_SECRET: 'hidden-value' }, /TURN_URL must be turn:/],
  [{ TURN_URL: 'turn:a' }, /TURN_URL needs TURN_SECRET/],
  [{ TURN_URL: 'turn:a', TURN_USERNAME: 'hidden-value' }, /TURN_URL needs TURN_SECRET/],
  [{ TURN_URL: 'turn:a', TURN_USERNAME: 'u', TURN_SECRET: 'hidden-value' }, /not both/],
  [{ TURN_SECRET: 'hidden-value' }, /TURN_URL is missing/],
  [{ DIAL_SCHEME: 'skype' }, /DIAL_SCHEME must be one of tel, sip/],
  [{ DIAL_SCHEME: 'sip' }, /DIAL_SIP_DOMAIN/],
  [{ DIAL_SCHEME: 'sip', DIAL_SIP_DOMAIN: 'sip:pbx' }, /DIAL_SIP_DOMAIN/],
  [{ EXCHANGE_SECRET: 'hidden-value' }, /EXCHANGE_SECRET must have at least 16/],
])('%j is refused by its name, and without its value', (env, problem) => {
  const found = problems(env)
  expect(found).toEqual([expect.stringMatching(problem)])
  expect(found.join()).not.toContain('hidden-value')
})
