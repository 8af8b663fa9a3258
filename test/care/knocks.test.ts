import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { By } from '../../server/care/devices/insert.ts'
import { createKnocks, type Knocks } from '../../server/care/devices/knocks.ts'
import { listUnknownDevices, setDismissed } from '../../server/care/devices/unknown.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { query } from '../support/sql.ts'
import { administrator, knockOf, listeningLog, register, T0 } from './care.ts'

const { log, said } = listeningLog()
let database: TestDatabase
let knocks: Knocks
let by: By

beforeAll(async () => {
  database = await createTestDatabase()
  by = await administrator(database.store.db)
  await register(database.store.db, by, { deviceId: 'hub-1', kind: 'hub', protocol: 'zigbee2mqtt' })
})
beforeEach(() => {
  knocks = createKnocks(database.store.db, log)
})
afterAll(() => database.drop())

const behindHub = (address: string, over = {}) => knockOf({ hubId: 'hub-1', protocol: 'zigbee2mqtt', address, ...over })
const list = async (dismissed = false) => (await listUnknownDevices(database.store.db, { dismissed, limit: 500 })).items
const find = async (address: string) => (await list()).find((item) => item.address === address)

const EMERGENCY = { model: 'TS0215A_sos', vendor: 'Tuya', description: 'SOS button', kind: 'sos_button', role: 'sos' }

describe('who knocks', () => {
  test('is counted, with the newest message, and what the hub has told stays', async () => {
    knocks.knocked(behindHub('a', { announced: true, device: EMERGENCY, payload: Buffer.from('[list]'), at: T0 }))
    await knocks.flush()
    expect(await find('a')).toMatchObject({ messages: 0, suggestedKind: 'sos_button', suggestedRole: 'sos' })
    knocks.knocked(behindHub('a', { payload: Buffer.from('newest'), at: T0 + 20 }))
    knocks.knocked(behindHub('a', { payload: Buffer.from('late'), at: T0 + 10 }))
    knocks.knocked(behindHub('a', { announced: true, device: EMERGENCY, payload: Buffer.from('[list]'), at: T0 + 30 }))
    await knocks.flush()
    knocks.knocked(behindHub('a', { announced: true, payload: Buffer.from('[list]'), at: T0 + 40 }))
    await knocks.flush()
    expect(await find('a')).toMatchObject({
      hubId: 'hub-1',
      protocol: 'zigbee2mqtt',
      model: 'TS0215A_sos',
      vendor: 'Tuya',
      description: 'SOS button',
      suggestedKind: 'sos_button',
      messages: 2,
      lastMessage: 'newest',
      firstSeenAt: new Date(T0).toISOString(),
      lastSeenAt: new Date(T0 + 20).toISOString(),
      dismissed: false,
    })
  })

  test('keeps 2,000 bytes of the message', async () => {
    knocks.knocked(knockOf({ address: 'long', payload: Buffer.alloc(5_000, 'x') }))
    await knocks.flush()
    expect((await find('long'))?.lastMessage).toHaveLength(2_000)
  })

  test('stays sent away, but is counted', async () => {
    knocks.knocked(behindHub('b'))
    await knocks.flush()
    const knockId = (await find('b'))?.knockId ?? ''
    await database.store.db.transaction().execute((tx) => setDismissed(tx, knockId, true, by))
    knocks.knocked(behindHub('b'))
    await knocks.flush()
    expect(await find('b')).toBeUndefined()
    expect(await list(true)).toMatchObject([{ address: 'b', messages: 2, dismissed: true }])
  })

  test('is no stranger once registered, however it gets here', async () => {
    const { db } = database.store
    knocks.knocked(behindHub('c'))
    knocks.knocked(knockOf({ address: '8800000015' }))
    knocks.knocked(knockOf({ hubId: 'hub-1', protocol: 'chirpstack', address: '24E124AAAA000001' }))
    await knocks.flush()
    expect(await find('24e124aaaa000001')).toBeDefined()
    await register(db, by, { deviceId: 'c', hubId: 'hub-1', address: 'c' })
    await register(db, by, { deviceId: 'w', protocol: 'watch', address: '8800000015' })
    await register(db, by, { deviceId: 'l', protocol: 'tts', address: '24e124aaaa000001' })
    knocks.knocked(behindHub('c'))
    knocks.knocked(knockOf({ address: '8800000015' }))
    await knocks.flush()
    for (const address of ['c', '8800000015', '24e124aaaa000001']) expect(await find(address)).toBeUndefined()
    await db.updateTable('device').set({ lifecycle: 'retired' }).where('device_id', '=', 'c').execute()
    knocks.knocked(behindHub('c'))
    await knocks.flush()
    expect(await find('c')).toMatchObject({ messages: 2 })
  })

  test('can be named anything', async () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('\0', '\ud800', '\u2028', "'--", '\\u0000'),
    )
    await fc.assert(
      fc.asyncProperty(odd, fc.uint8Array(), async (address, payload) => {
        const before = (await list()).reduce((sum, item) => sum + item.messages, 0)
        knocks.knocked(behindHub(`odd ${address}`, { payload, device: { ...EMERGENCY, description: address } }))
        await knocks.flush()
        expect((await list()).reduce((sum, item) => sum + item.messages, 0)).toBe(before + 1)
      }),
      { numRuns: 30 },
    )
    expect(said).toEqual([])
  })
})

describe('many', () => {
  test('5,000 wait at most, the others are told of', async () => {
    for (let n = 0; n < 5_100; n++) knocks.knocked(knockOf({ protocol: 'minifinder2', address: `m${n}` }))
    await knocks.flush()
    expect(said.splice(0)).toEqual(['more unknown devices than are remembered'])
    const { n } = await database.store.db
      .selectFrom('unknown_device')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('protocol', '=', 'minifinder2')
      .executeTakeFirstOrThrow()
    expect(n).toBe(5_000)
  })

  test('whoever invents addresses fills no disk, and hides nobody behind a hub', async () => {
    knocks.knocked(knockOf({ address: 'one too many' }))
    knocks.knocked(knockOf({ protocol: 'minifinder2', address: 'm1', at: T0 + 1_000 }))
    knocks.knocked(behindHub('still listed'))
    await knocks.flush()
    expect(await find('one too many')).toBeUndefined()
    const { items } = await listUnknownDevices(database.store.db, { dismissed: false, limit: 500 })
    expect(items.find(({ address }) => address === 'm1')).toMatchObject({ messages: 2 })
    expect(items.find(({ address }) => address === 'still listed')).toBeDefined()
  })

  test('pages follow on from each other', async () => {
    const seen = new Set<string>()
    let cursor: string | undefined
    do {
      const page = await listUnknownDevices(database.store.db, {
        dismissed: false,
        limit: 500,
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const { knockId } of page.items) seen.add(knockId)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen.size).toBeGreaterThan(5_000)
  })
})

describe('when the database', () => {
  const owner = (text: string) => query(database.url, text)

  test('is away, they are kept, once each', async () => {
    await owner('alter table unknown_device rename to away')
    knocks.knocked(behindHub('kept'))
    await knocks.flush()
    knocks.knocked(behindHub('kept', { at: T0 + 2_000, payload: Buffer.from('newest') }))
    await knocks.flush()
    expect(said.splice(0)).toEqual(Array(2).fill('unknown devices not written, trying again'))
    await owner('alter table away rename to unknown_device')
    await knocks.flush()
    await knocks.flush()
    expect(await find('kept')).toMatchObject({ messages: 2, lastMessage: 'newest' })
    expect(said).toEqual([])
  })

  test('refuses one, the others are written', async () => {
    await owner("alter table unknown_device add constraint odd check (address <> 'refused')")
    for (const address of ['before', 'refused', 'after']) knocks.knocked(behindHub(address, { at: T0 + 3_000 }))
    await knocks.flush()
    expect(said.splice(0)).toEqual(['unknown device not written'])
    expect((await list()).slice(0, 2).map(({ address }) => address)).toEqual(
      expect.arrayContaining(['before', 'after']),
    )
    await owner('alter table unknown_device drop constraint odd')
  })
})
