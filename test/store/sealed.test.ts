import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSealer, loadSealKey, SealError } from '../../server/store/sealed.ts'

const KEY = Buffer.alloc(32, 7)
const sealer = createSealer(KEY)

describe('a sealed value', () => {
  test('comes back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (value, subject) => {
        expect(sealer.unseal(sealer.seal(value, subject), subject)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('shows nothing, and is never the same twice', () => {
    const one = sealer.seal({ password: 'geheim-123' }, 'bridge-1')
    expect(one.includes('geheim')).toBe(false)
    expect(one.equals(sealer.seal({ password: 'geheim-123' }, 'bridge-1'))).toBe(false)
  })

  test('does not open with another key or for another device, and says what to do', () => {
    const sealed = sealer.seal({ password: 'x' }, 'bridge-1')
    expect(() => createSealer(Buffer.alloc(32, 8)).unseal(sealed, 'bridge-1')).toThrow(/another key.*SEAL_KEY/)
    expect(() => sealer.unseal(sealed, 'bridge-2')).toThrow(SealError)
  })

  test('is refused when a single byte was changed, or bytes are missing', () => {
    const sealed = sealer.seal({ password: 'x' }, 'bridge-1')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => sealer.unseal(changed, 'bridge-1')).toThrow(SealError)
      expect(() => sealer.unseal(sealed.subarray(0, at), 'bridge-1')).toThrow(SealError)
    }
  })
})

describe('the key', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anhu-seal-'))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  test('is made once, for its owner alone, also when two start at the same moment', async () => {
    const folder = join(dir, 'new')
    const keys = await Promise.all([loadSealKey(folder, null), loadSealKey(folder, null)])
    const again = await loadSealKey(folder, null)
    expect(keys[0]?.equals(again) && keys[1]?.equals(again)).toBe(true)
    expect(again).toHaveLength(32)
    expect((await stat(join(folder, 'seal.key'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'seal.key'), 'utf8')).toBe(`${again.toString('base64')}\n`)
  })

  test('comes from the environment as base64 or hex, and then no file is made', async () => {
    const folder = join(dir, 'env')
    expect((await loadSealKey(folder, KEY.toString('base64'))).equals(KEY)).toBe(true)
    expect((await loadSealKey(folder, `${KEY.toString('hex').toUpperCase()}\n`)).equals(KEY)).toBe(true)
    await expect(stat(folder)).rejects.toThrow('ENOENT')
  })

  test('a wrong one is named by where it came from, and never repeated', async () => {
    await expect(loadSealKey(dir, 'c2hvcnQ=')).rejects.toThrow(/^SEAL_KEY must be 32 bytes/)
    await expect(loadSealKey(dir, 'c2hvcnQ=')).rejects.not.toThrow(/c2hvcnQ/)
    await writeFile(join(dir, 'seal.key'), 'not a key')
    await expect(loadSealKey(dir, null)).rejects.toThrow(/seal\.key must be 32 bytes/)
    expect(() => createSealer(Buffer.alloc(16))).toThrow(SealError)
  })
})
