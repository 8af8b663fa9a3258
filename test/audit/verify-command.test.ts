import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Verified } from '../../server/org/seal/verify.ts'
import { SealedCity } from './sealed-city.ts'

let city: SealedCity
beforeAll(async () => {
  city = await SealedCity.start()
  await city.read(3)
  await city.seal()
})
afterAll(() => city.drop())

/** The command on its sources, as `npm run audit:verify` runs it built. */
function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'server/audit-verify.ts', ...args],
      { env: { PATH: process.env.PATH, DATABASE_URL: city.database.url } },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })
}

test('the command says what it found, in words and as JSON, and by its exit code', async () => {
  const good = await verify('--json')
  expect(good.code).toBe(0)
  expect(JSON.parse(good.out) as Verified).toMatchObject({ ok: true, rows: { audit: 3 }, problems: [] })
  await city.tamper('delete from audit where audit_id = 2')
  const bad = await verify()
  expect(bad.code).toBe(1)
  expect(bad.out).toMatch(/THE RECORD WAS CHANGED/)
  expect(bad.out).toMatch(/seal 1: missing: the audit after 1 is missing/)
  const wrong = await verify('--anchors')
  expect(wrong).toMatchObject({ code: 2, out: '' })
  expect(wrong.err).toContain('Usage')
}, 60_000)
