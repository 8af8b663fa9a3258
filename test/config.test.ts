import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../server/config.ts'
import { explainStartError } from '../server/start-errors.ts'

test('the defaults are those of the contract', () => {
  const config = readConfig({})
  expect(config).toMatchObject({
    httpPort: 8080,
    mqttPort: 1883,
    mqttsPort: 8883,
    databaseUrl: null,
    influx: null,
    demo: false,
    tls: null,
  })
  expect(config.dataDir).toMatch(/\/data$/)
})

test('the public host is a name or an address, in any script, and absent when empty', () => {
  for (const name of ['care.example.org', '10.0.0.7', 'localhost', '安护.example.cn']) {
    expect(readConfig({ PUBLIC_HOST: name }).publicHost).toBe(name)
  }
  expect(readConfig({ PUBLIC_HOST: '' }).publicHost).toBeNull()
  for (const wrong of ['care.example.org:1883', 'a/b', 'a b', '-a', 'a;b', 'a\nb']) {
    expect(() => readConfig({ PUBLIC_HOST: wrong })).toThrow('PUBLIC_HOST')
  }
})

test('all wrong settings are named at once, and secrets are not repeated', () => {
  const env = {
    HTTP_PORT: '99999',
    MQTT_PORT: 'mqtt',
    WATCH_PORT: '-1',
    PENDANT_PORT: '70000',
    SEAL_KEY: 'abc',
    DATABASE_URL: 'mysql://root:hunter2@db',
    INFLUX_URL: 'influx',
    DEMO: 'yes',
    TLS_CERT: '/x.pem',
    PUBLIC_HOST: 'https://care.example.org:8883',
    ADMIN_PASSWORD: 'short',
    LOG_LEVEL: 'loud',
    ROLE: 'chief',
    MAP_TILES: 'https://tiles.example.org/{z}/{x}.png',
    MAP_DATUM: 'bd09',
    SMTP_URL: 'http://mail:hunter2@example.org',
    SMS_WEBHOOK_URL: 'sms.example.org',
    CALL_WEBHOOK_URL: 'ftp://calls.example.org',
    NOTIFY_WEBHOOK_URL: 'https://hook.example.org',
    ESCALATION_CATCH_UP_SECONDS: 'soon',
  }
  const problems = (() => {
    try {
      readConfig(env)
      return []
    } catch (error) {
      return error instanceof ConfigError ? error.problems : [String(error)]
    }
  })()
  for (const name of [
    'HTTP_PORT',
    'MQTT_PORT',
    'WATCH_PORT',
    'PENDANT_PORT',
    'SEAL_KEY',
    'DATABASE_URL',
    'INFLUX_URL',
    'DEMO',
    'TLS_CERT',
    'PUBLIC_HOST',
    'ADMIN_PASSWORD',
    'LOG_LEVEL',
    'ROLE',
    'MAP_TILES',
    'MAP_DATUM',
    'SMTP_URL must',
    'SMTP_URL and SMTP_FROM',
    'SMS_WEBHOOK_URL must',
    'CALL_WEBHOOK_URL must',
    'NOTIFY_SECRET must be set',
    'ESCALATION_CATCH_UP_SECONDS',
  ]) {
    expect(problems.some((line) => line.includes(name))).toBe(true)
  }
  expect(problems.join()).not.toMatch(/hunter2|short/)
})

test('a taken port is one clear line', () => {
  const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 1883 })
  expect(explainStartError(error)).toMatch(/^Port 1883 is taken[^\n]*$/)
})
