import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from '../../server/care/file/reveal.ts'
import { residentFile } from '../../server/care/residents.ts'
import { seedFiles } from '../../server/demo/files.ts'
import { seedDemo } from '../../server/demo/seed.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { ensureUser } from '../../server/org/users.ts'
import { createSealer } from '../../server/store/sealed.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const NOW = Date.parse('2026-03-02T12:00:00Z')
const sealer = createSealer(randomBytes(32))
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database.store
  await seedDivisions(db)
  await seedDemo(db, { homes: 30, seed: 1, now: NOW, hashSecret: async () => '-' })
  const admin = { username: 'admin', displayName: '管理员', role: 'admin', password: 'correct-horse' } as const
  await ensureUser(db, admin, NOW)
  await seedFiles(db, { homes: 30, seed: 1, now: NOW, sealer })
})
afterAll(() => database.drop())

test('the demonstration city has files with notices, notes, hours and codes', async () => {
  const { db } = database.store
  const ids = await db.selectFrom('resident').select('resident_id').execute()
  const files = await Promise.all(ids.map(({ resident_id }) => residentFile(db, resident_id, NOW)))
  const notices = await db.selectFrom('resident_notice').selectAll().execute()
  expect(notices.length).toBeGreaterThan(8)
  expect(notices.some(({ home_id }) => home_id !== null)).toBe(true)
  expect(files.filter((file) => file?.notes.length === 1).length).toBeGreaterThan(4)
  const states = new Set(files.flatMap((file) => file?.contacts.map(({ availability }) => availability.state) ?? []))
  // At 20:00 of a Monday in Shanghai.
  expect(states).toEqual(new Set(['now', 'later', 'away', 'unknown']))
  const coded = files.find((file) => file?.home?.hasCode)
  expect(await codeOf(db, sealer, coded?.residentId ?? '')).toMatch(/^\d{4}$/)
})
