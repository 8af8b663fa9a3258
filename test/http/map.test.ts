import { expect, test } from 'vitest'
import { startTestApp } from '../support/app.ts'

test('pages are told of the map service, and may ask it and nobody else', async () => {
  const tiles = 'https://tiles.example.org/{z}/{x}/{y}.png?key=abc'
  const app = await startTestApp({ env: { MAP_TILES: tiles, MAP_DATUM: 'gcj02' } })
  try {
    const { body, headers } = await (await app.signIn('limin')).get('/map')
    expect(body).toEqual({ tiles, datum: 'gcj02' })
    const policy = headers.get('content-security-policy') ?? ''
    const directive = (name: string) => policy.split(';').find((part) => part.trim().startsWith(`${name} `))
    expect(directive('img-src')).toContain(' https://tiles.example.org')
    expect(directive('connect-src')).toContain(' https://tiles.example.org')
    expect(directive('default-src')).not.toContain('example')
    expect(policy).not.toContain('key=abc')
  } finally {
    await app.destroy()
  }
})

test('without a map service nothing from outside is allowed', async () => {
  const app = await startTestApp()
  try {
    const { body, headers } = await (await app.signIn('limin')).get('/map')
    expect(body).toEqual({ tiles: null, datum: 'wgs84' })
    expect(headers.get('content-security-policy')).not.toMatch(/https?:\/\//)
  } finally {
    await app.destroy()
  }
})
