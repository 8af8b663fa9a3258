import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@node-rs/argon2'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoHomes } from '../../server/demo/credentials.ts'
import { inventHouseholds } from '../../server/demo/households.ts'
import { seedDemo } from '../../server/demo/seed.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { hashDeviceSecret } from '../../server/store/secrets.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const NOW = Date.parse('2026-03-01T02:00:00Z')
const OPTIONS = { homes: 30, seed: 1, now: NOW, hashSecret: hashDeviceSecret }
const log = pino({ level: 'silent' })

let database: TestDatabase
let dataDir: string
beforeEach(async () => {
  database = await createTestDatabase()
  await seedDivisions(database.store.db)
  dataDir = await mkdtemp(join(tmpdir(), 'anhu-demo-'))
})
afterEach(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const rows = (table: 'division' | 'home' | 'resident' | 'contact' | 'device') =>
  database.store.db.selectFrom(table).selectAll().execute()
const secrets = (homes: { devices: { deviceId: string; secret: string }[] }[]) =>
  homes.flatMap((home) => home.devices.map(({ deviceId, secret }) => [deviceId, secret] as const))
const hashOf = async (deviceId: string) => {
  const query = database.store.db.selectFrom('device').select('secret_hash').where('device_id', '=', deviceId)
  return (await query.executeTakeFirstOrThrow()).secret_hash
}

describe('divisions', () => {
  it('are there once: the city, 12 counties, 229 towns', async () => {
    await seedDivisions(database.store.db)
    const all = await database.store.db.selectFrom('division').selectAll().execute()
    const of = (level: string) => all.filter((division) => division.level === level)
    expect([of('city').length, of('county').length, of('town').length]).toEqual([1, 12, 229])
    expect(all.find(({ code }) => code === '361126109')).toEqual({
      code: '361126109',
      name: '弋江镇',
      level: 'town',
      parent_code: '361126',
    })
  })
})

describe('invented households', () => {
  const households = inventHouseholds(300, 1, NOW)

  it('are the same for a seed', () => {
    expect(inventHouseholds(300, 1, NOW)).toEqual(households)
    expect(inventHouseholds(300, 2, NOW)).not.toEqual(households)
  })

  it('hold no telephone number that could ring, no code, and two to four contacts', () => {
    for (const { contacts, access } of households) {
      expect(contacts.length).toBeGreaterThanOrEqual(2)
      expect(contacts.length).toBeLessThanOrEqual(4)
      for (const { phone } of contacts) expect(phone).toMatch(/^1\d\d\*{4}\d{4}$/)
      if (access !== null) expect(access).not.toMatch(/\d{4,}/)
    }
  })

  it('are as varied as a city: every level of ability, most ill, some not, all dialects', () => {
    expect(new Set(households.map((h) => h.abilityLevel))).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(new Set(households.map((h) => h.dialect)).size).toBeGreaterThanOrEqual(10)
    expect(households.filter((h) => h.conditions.length === 0).length).toBeGreaterThan(3)
    expect(households.some((h) => h.hazards.some((hazard) => hazard.includes('抗凝药')))).toBe(true)
    for (const { conditions } of households) expect(new Set(conditions).size).toBe(conditions.length)
  })
})

describe('demonstration city', () => {
  it('is put into the database once, within two seconds on a busy machine, with secrets that fit', async () => {
    const began = performance.now()
    const homes = await seedDemo(database.store.db, OPTIONS)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(homes).toHaveLength(30)
    expect(await rows('home')).toHaveLength(30)
    expect(await rows('resident')).toHaveLength(30)
    expect(await rows('device')).toHaveLength(secrets(homes).length)
    expect((await rows('contact')).length).toBeGreaterThanOrEqual(60)
    const [deviceId, secret] = secrets(homes)[0]!
    expect(await verify((await hashOf(deviceId)) ?? '', secret)).toBe(true)
    expect(new Set(secrets(homes).map(([, s]) => s)).size).toBe(secrets(homes).length)

    expect(await seedDemo(database.store.db, { ...OPTIONS, homes: 40 })).toEqual([])
    expect(await rows('home')).toHaveLength(30)
  })

  it('is put in once when two nodes start together', async () => {
    const both = await Promise.all([seedDemo(database.store.db, OPTIONS), seedDemo(database.store.db, OPTIONS)])
    expect(both.map((homes) => homes.length).sort()).toEqual([0, 30])
    expect(await rows('home')).toHaveLength(30)
  })

  it('leaves nothing behind when it fails', async () => {
    const { db } = database.store
    const device = planDevice()
    await db
      .insertInto('device')
      .values({ device_id: device, kind: 'other', protocol: 'native', secret_hash: '-', created_at: new Date(NOW) })
      .execute()
    await expect(seedDemo(db, OPTIONS)).rejects.toThrow('device_pkey')
    expect(await rows('home')).toEqual([])
  })

  it('keeps its secrets in a file that only its owner may read, and reads them back', async () => {
    const first = await demoHomes(database.store.db, { ...OPTIONS, dataDir }, log)
    expect((await stat(join(dataDir, 'demo-devices.json'))).mode & 0o777).toBe(0o600)
    expect(await demoHomes(database.store.db, { ...OPTIONS, dataDir }, log)).toEqual(first)
  })

  it('gives new secrets when the file is lost, damaged, or of another database, but only to its own devices', async () => {
    const { db } = database.store
    const first = await demoHomes(db, { ...OPTIONS, dataDir }, log)
    const own = { device_id: 'sos-361126-9999', kind: 'sos_button', protocol: 'native', secret_hash: 'mine' }
    await db
      .insertInto('device')
      .values({ ...own, resident_id: 'demo-resident-0001', created_at: new Date(NOW) })
      .execute()
    expect(await demoHomes(db, { ...OPTIONS, dataDir }, log)).toEqual(first)

    const file = join(dataDir, 'demo-devices.json')
    let last = first
    for (const spoil of [() => rm(file), () => writeFile(file, '{"version":1'), () => spoilFingerprint(file)]) {
      await spoil()
      const next = await demoHomes(db, { ...OPTIONS, dataDir }, log)
      expect(withoutSecrets(next)).toEqual(withoutSecrets(last))
      expect(secrets(next)[0]![1]).not.toBe(secrets(last)[0]![1])
      const [deviceId, secret] = secrets(next).at(-1)!
      expect(await verify((await hashOf(deviceId)) ?? '', secret)).toBe(true)
      expect(await demoHomes(db, { ...OPTIONS, dataDir }, log)).toEqual(next)
      last = next
    }
    expect(await hashOf(own.device_id)).toBe('mine')
  })
})

const planDevice = () => inventHouseholds(1, OPTIONS.seed, NOW)[0]!.devices[0]!.deviceId

async function spoilFingerprint(file: string): Promise<void> {
  const content = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...content, fingerprint: '0' }))
}

const withoutSecrets = (homes: Awaited<ReturnType<typeof seedDemo>>) =>
  homes.map((home) => ({
    ...home,
    devices: home.devices.map(({ secret: _, ...device }) => device).sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1)),
  }))
