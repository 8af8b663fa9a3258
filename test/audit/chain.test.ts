import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseAnchors } from '../../server/org/seal/anchors.ts'
import { compare } from '../../server/org/seal/compare.ts'
import { alignSeals } from '../../server/store/align-seals.ts'
import { openStore } from '../../server/store/db.ts'
import { query } from '../support/sql.ts'
import { SealedCity } from './sealed-city.ts'

let city: SealedCity
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anhu-anchors-'))
  city = await SealedCity.start(join(folder, 'anchors'))
})
afterEach(async () => {
  await city.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('the chain', () => {
  test('holds audit, log of cases and signals, batch after batch', async () => {
    await city.read(3)
    await city.press('b1')
    await city.seal()
    await city.read(2)
    await city.seal()
    const result = await city.verify()
    expect(result).toMatchObject({ ok: true, problems: [], unsealed: 0, rows: { audit: 5, signal: 1 } })
    expect(result.seals).toBeGreaterThanOrEqual(2)
    expect(result.rows.case_log).toBeGreaterThan(0)
  })

  test('an entry whose transaction is still open is left to the next seal, and nobody waits for it', async () => {
    await city.read(1)
    const open = openStore({ url: city.database.url, as: 'app', max: 1, onError: () => undefined })
    const client = await open.pool.connect()
    try {
      await client.query('begin')
      await client.query(`insert into audit (at, action, detail) values (now(), 'slow', '{}')`)
      const sealer = city.node()
      // Written after the open one: it may not be sealed before it is known what the open one leaves behind.
      await city.read(1)
      await city.seal(sealer, 1)
      const before = await city.verify()
      expect(before).toMatchObject({ ok: true, unsealed: 1, rows: { audit: 1 } })
      await client.query('commit')
      await city.seal(sealer)
      expect(await city.verify()).toMatchObject({ ok: true, unsealed: 0, rows: { audit: 3 } })
    } finally {
      client.release()
      await open.close()
    }
  })

  test('a seal that had to wait for somebody’s long transactions accuses nobody', async () => {
    const at = new Date(city.clock.now())
    const stores = [1, 2].map(() => openStore({ url: city.database.url, as: 'app', max: 1, onError: () => undefined }))
    const [first, second] = await Promise.all(stores.map(({ pool }) => pool.connect()))
    try {
      for (const client of [first, second]) {
        await client?.query('begin')
        await client?.query(`insert into audit (at, action, detail) values ($1, 'slow', '{}')`, [at])
      }
      await city.read(1)
      city.clock.advance(20 * 60_000)
      await first?.query('commit')
      await city.seal(city.node(), 1)
      await second?.query('commit')
      await city.seal()
      expect(await city.verify()).toMatchObject({ ok: true, problems: [], seals: 2, rows: { audit: 3 } })
    } finally {
      for (const client of [first, second]) client?.release()
      for (const store of stores) await store.close()
    }
  })

  test('two nodes at once make one chain', async () => {
    const nodes = [city.node(), city.node()]
    for (let round = 0; round < 10; round++) {
      await city.read(2)
      await Promise.all(nodes.map((node) => node.run()))
    }
    await city.seal()
    expect(await city.verify()).toMatchObject({ ok: true, rows: { audit: 20 } })
  })

  test('what was there before the chain lies under its first seal', async () => {
    await city.read(2)
    await city.tamper('update audit set written_in = 0')
    await city.seal()
    expect(await city.verify()).toMatchObject({ ok: true, rows: { audit: 2 } })
  })

  test('goes on after a dump was restored where transactions count from a lower number', async () => {
    await city.read(2)
    await city.seal()
    // As if the numbers had been far higher where the dump comes from.
    await city.tamper('update audit_seal set to_tx = to_tx + 1000000000000')
    const owner = openStore({ url: city.database.url, as: 'owner', max: 1, onError: () => undefined })
    try {
      expect(await alignSeals(owner.db)).toBe(true)
      expect(await alignSeals(owner.db)).toBe(false)
    } finally {
      await owner.close()
    }
    const { rows } = await city.database.store.pool.query(
      'select seal_position() as at, max(to_tx) as last from audit_seal',
    )
    expect(rows[0].at).toBeGreaterThanOrEqual(rows[0].last)
  })
})

describe('as the owner of the database, with the guards off', () => {
  const cases: [string, string, object][] = [
    [
      'changes an entry',
      `update audit set subject = 'c9' where audit_id = 2`,
      { fault: 'changed', source: 'audit', entry: '2' },
    ],
    [
      'changes who it was',
      `update audit set user_id = '00000000-0000-7000-8000-000000000001' where audit_id = 3`,
      { fault: 'changed', source: 'audit', entry: '3' },
    ],
    ['deletes an entry', 'delete from audit where audit_id = 2', { fault: 'missing', source: 'audit', entry: '1' }],
    ['deletes the first', 'delete from audit where audit_id = 1', { fault: 'missing', source: 'audit', entry: null }],
    [
      'inserts one among the old ones',
      `insert into audit (audit_id, at, action, detail, written_in) overriding system value
       select 999, at, 'forged', '{}', written_in from audit where audit_id = 2`,
      { fault: 'inserted', source: 'audit', entry: '999' },
    ],
    [
      'inserts one that says it is old',
      `insert into audit (at, action, detail) select at - interval '1 day', 'forged', '{}' from audit where audit_id = 1`,
      { fault: 'inserted', source: 'audit' },
    ],
    [
      'swaps two entries',
      `alter table audit alter column audit_id set generated by default;
       update audit set audit_id = -audit_id where audit_id in (1, 2);
       update audit set audit_id = case audit_id when -1 then 2 else 1 end where audit_id < 0;
       update audit set written_in = (select min(written_in) from audit) where audit_id in (1, 2)`,
      { source: 'audit' },
    ],
    ['changes a log', `update case_log set action = 'note'`, { fault: 'changed', source: 'case_log' }],
    [
      'moves a press',
      `update signal set received_at = received_at + interval '1 hour'`,
      { fault: 'changed', source: 'signal' },
    ],
    ['deletes a log', 'delete from case_log', { fault: 'missing', source: 'case_log' }],
    ['changes a seal', `update audit_seal set hash = sha256('') where seal_no = 1`, { fault: 'seal_broken', seal: 1 }],
    [
      'deletes a seal',
      'delete from audit_seal_part where seal_no = 1; delete from audit_seal where seal_no = 1',
      { fault: 'seal_missing', seal: 1 },
    ],
    ['forgets a part', `delete from audit_seal_part where source = 'signal'`, { fault: 'seal_broken' }],
  ]
  test.each(cases)('%s: it is found and named', async (_what, statement, problem) => {
    await city.read(4)
    await city.press('b1')
    await city.seal()
    await city.read(1)
    await city.seal()
    expect(await city.verify()).toMatchObject({ ok: true })
    await city.tamper(statement)
    // What is inserted as if it were new is sealed; it still says that it is old.
    await city.seal()
    const { ok, problems } = await city.verify()
    expect(ok).toBe(false)
    expect(problems[0]).toMatchObject(problem)
  })

  test('makes the whole chain anew: what was noted outside gives it away', async () => {
    await city.read(3)
    await city.seal()
    const anchors = parseAnchors(await readFile(join(folder, 'anchors'), 'utf8'))
    expect(anchors.length).toBeGreaterThan(0)
    expect(await city.verify({ anchors })).toMatchObject({ ok: true })
    await city.tamper(
      'delete from audit_seal_part',
      'delete from audit_seal',
      `update audit set subject = 'other' where audit_id = 1`,
    )
    await city.seal()
    expect(await city.verify()).toMatchObject({ ok: true })
    expect(await city.verify({ anchors })).toMatchObject({ ok: false, problems: [{ fault: 'anchor_differs' }] })
  })

  test('cuts the newest seals off: what was noted outside is missing', async () => {
    await city.read(3)
    await city.seal()
    const anchors = parseAnchors(await readFile(join(folder, 'anchors'), 'utf8'))
    await city.tamper('delete from audit_seal_part', 'delete from audit_seal')
    expect(await city.verify({ anchors })).toMatchObject({ ok: false, problems: [{ fault: 'anchor_differs' }] })
  })
})

test('the application may not touch seals', async () => {
  await city.read(1)
  await city.seal()
  const attempt = (text: string) => city.database.store.pool.query(text)
  await expect(attempt('delete from audit_seal')).rejects.toMatchObject({ code: '42501' })
  await expect(attempt('update audit_seal_part set rows = 2')).rejects.toMatchObject({ code: '42501' })
  await expect(query(city.database.url, 'delete from audit_seal_part')).rejects.toThrow(/append-only/)
  await expect(query(city.database.url, 'delete from audit_verification')).rejects.toThrow(/append-only/)
})

test('a file that is none is named by its line', () => {
  expect(() => parseAnchors('{"seal":1,"hash":"a"}\nnonsense\n')).toThrow(/line 2/)
})

describe('which row is another', () => {
  const print = (n: number) => Buffer.from(new Uint32Array([n]).buffer)
  const rowsOf = (ns: readonly number[]) => ns.map((n) => ({ id: `r${n}`, print: print(n) }))
  const distinct = fc.uniqueArray(fc.nat(1_000_000), { minLength: 2, maxLength: 50 })
  test('a missing one stands after the row that is named', () => {
    fc.assert(
      fc.property(distinct, fc.nat(), (ns, at) => {
        const gone = at % ns.length
        const { fault, entry } = compare(Buffer.concat(ns.map(print)), rowsOf(ns.toSpliced(gone, 1)))
        expect({ fault, entry }).toEqual({ fault: 'missing', entry: gone === 0 ? null : `r${ns[gone - 1]}` })
      }),
    )
  })
  test('an inserted one is named', () => {
    fc.assert(
      fc.property(distinct, fc.nat(), (ns, at) => {
        const place = at % (ns.length + 1)
        const now = rowsOf(ns.toSpliced(place, 0, 2_000_000))
        expect(compare(Buffer.concat(ns.map(print)), now)).toEqual({ fault: 'inserted', entry: 'r2000000' })
      }),
    )
  })
  test('two that were swapped are in another order', () => {
    fc.assert(
      fc.property(distinct, (ns) => {
        const [first = 0, second = 0, ...rest] = ns
        expect(compare(Buffer.concat(ns.map(print)), rowsOf([second, first, ...rest]))).toEqual({
          fault: 'reordered',
          entry: `r${second}`,
        })
      }),
    )
  })
})
