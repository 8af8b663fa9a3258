import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foldLevels, levelKey, type StoredLevel, storeLevels } from '../../server/intake/levels.ts'
import type { PendingLevel } from '../../server/intake/records.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addDevice, event } from '../support/records.ts'

const NOW = Date.UTC(2026, 10, 24, 10)

function report(value: string, over: Partial<PendingLevel> = {}): PendingLevel {
  const at = over.at ?? NOW
  const signal = event('smoke-1', value === 'true' ? 'smoke' : 'smoke_clear', at).signals[0] ?? null
  return { deviceId: 'smoke-1', level: 'smoke', value, calm: value === 'false', at, signal, ...over }
}

const typesOf = (told: { type: string }[]) => told.map(({ type }) => type)
const stored = (value: string, changedAt = NOW - 60_000): Map<string, StoredLevel> =>
  new Map([[levelKey({ deviceId: 'smoke-1', level: 'smoke' }), { value, changedAt }]])

describe('what a device keeps repeating', () => {
  test.each([
    ['a calm value seen first is remembered, not told', new Map(), ['false'], []],
    ['an alarming value seen first is told', new Map(), ['true'], ['smoke']],
    ['the same value again is no news', stored('true'), ['true', 'true'], []],
    ['a change is told', stored('false'), ['true'], ['smoke']],
    ['the way back is told', stored('true'), ['false'], ['smoke_clear']],
    ['there and back within one batch is told both ways', stored('false'), ['true', 'false'], ['smoke', 'smoke_clear']],
  ])('%s', (_, before, values, expected) => {
    const { told } = foldLevels(
      before,
      values.map((value) => report(value)),
    )
    expect(typesOf(told)).toEqual(expected)
  })

  test('a value without an event is remembered in silence', () => {
    const { told, changed } = foldLevels(stored('false'), [report('true', { signal: null })])
    expect(told).toEqual([])
    expect([...changed.values()].map(({ value }) => value)).toEqual(['true'])
  })

  test('what happened before the last change is told and changes nothing', () => {
    const { told, changed } = foldLevels(stored('false', NOW), [report('true', { at: NOW - 5_000 })])
    expect(typesOf(told)).toEqual(['smoke'])
    expect(changed.size).toBe(0)
  })

  test('property: told are exactly the changes, and the last value stays', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (values) => {
        const reports = values.map((value, n) => report(String(value), { at: NOW + n }))
        const { told, changed } = foldLevels(stored('false'), reports)
        const changes = values.filter((value, n) => value !== (n === 0 ? false : values[n - 1]))
        expect(told).toHaveLength(changes.length)
        const last = [...changed.values()].at(-1)
        if (last) expect(last.value).toBe(String(values.at(-1)))
        else expect(values.every((value) => !value)).toBe(true)
      }),
    )
  })
})

describe('in the database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
    await addDevice(database.store.db, 'smoke-1', null)
  })
  afterAll(() => database.drop())

  const store = (levels: PendingLevel[]) => database.store.db.transaction().execute((tx) => storeLevels(tx, levels))

  test('a restarted gateway that sends everything again raises nothing again', async () => {
    expect(typesOf(await store([report('true')]))).toEqual(['smoke'])
    expect(await store([report('true', { at: NOW + 1_000 })])).toEqual([])
    expect(typesOf(await store([report('false', { at: NOW + 2_000 })]))).toEqual(['smoke_clear'])
    expect(typesOf(await store([report('true', { at: NOW + 3_000 })]))).toEqual(['smoke'])
  })

  test('a device that is not registered any more does no harm', async () => {
    const told = await store([report('true', { deviceId: 'gone' })])
    expect(typesOf(told)).toEqual(['smoke'])
  })
})
