import { describe, expect, it, vi } from 'vitest'
import { isPending, localShelf } from '../../dashboard/terminal/device/shelf-local.ts'
import { Outbox, type Pending, type Shelf } from '../../dashboard/terminal/outbox.ts'

/** A shelf in memory, which outlives the outbox as a disk does. */
class Disk implements Shelf {
  readonly entries = new Map<string, Pending>()
  isBroken = false
  load = async () => {
    if (this.isBroken) throw new Error('broken')
    return [...this.entries.values()]
  }
  put = async (entry: Pending) => {
    if (this.isBroken) throw new Error('full')
    this.entries.set(entry.id, entry)
  }
  remove = async (id: string) => {
    if (this.isBroken) throw new Error('broken')
    this.entries.delete(id)
  }
}

/** The Web Storage interface on a map. */
function storageOf(map = new Map<string, string>()): Storage {
  return {
    get length() {
      return map.size
    },
    clear: () => map.clear(),
    getItem: (key) => map.get(key) ?? null,
    key: (index) => [...map.keys()][index] ?? null,
    removeItem: (key) => void map.delete(key),
    setItem: (key, value) => void map.set(key, value),
  }
}

const entry = (id: string, ts: number, type: Pending['type'] = 'sos') => ({ id, ts, type, detail: {}, deviceId: 't-1' })
const idsOf = (outbox: Outbox) => outbox.pending().map(({ id }) => id)

describe('what was pressed', () => {
  it('is found after a restart, in order, until it was acknowledged', async () => {
    const disks = [new Disk(), new Disk()]
    const first = new Outbox(disks)
    await first.open(() => undefined)
    expect(await first.add(entry('a', 1))).toBe(true)
    await first.add(entry('b', 2, 'help'))
    await first.add(entry('c', 3, 'sos_cancel'))
    await first.remove('b')
    const second = new Outbox(disks)
    await second.open(() => undefined)
    expect(idsOf(second)).toEqual(['a', 'c'])
  })

  it('keeps its order when the clock is set back', async () => {
    const outbox = new Outbox([new Disk()])
    await outbox.add(entry('late', 5_000_000))
    await outbox.add(entry('early', 1_000))
    expect(idsOf(outbox)).toEqual(['late', 'early'])
  })

  it.each([0, 1])('is not lost when shelf %i fails', async (broken) => {
    const disks = [new Disk(), new Disk()]
    disks[broken]!.isBroken = true
    const outbox = new Outbox(disks)
    expect(await outbox.add(entry('a', 1))).toBe(true)
    const again = new Outbox(disks)
    await again.open(() => undefined)
    expect(idsOf(again)).toEqual(['a'])
  })

  it('is still in hand, and says so, when nothing can keep it', async () => {
    const disk = new Disk()
    disk.isBroken = true
    const outbox = new Outbox([disk])
    expect(await outbox.add(entry('a', 1))).toBe(false)
    expect(idsOf(outbox)).toEqual(['a'])
    expect(await new Outbox([]).add(entry('b', 1))).toBe(false)
  })

  it('is not held up by a shelf that never answers', async () => {
    const disk = new Disk()
    disk.put = () => new Promise(() => undefined)
    expect(await new Outbox([disk, new Disk()]).add(entry('a', 1))).toBe(true)
    expect(await new Outbox([disk]).add(entry('a', 1))).toBe(false)
  })

  it('is found on one shelf while the other hangs', async () => {
    const [disk, hanging] = [new Disk(), new Disk()]
    await new Outbox([disk]).add(entry('a', 1))
    hanging.load = () => new Promise(() => undefined)
    const found: string[] = []
    void new Outbox([hanging, disk]).open((entries) => found.push(...entries.map(({ id }) => id)))
    await vi.waitFor(() => expect(found).toEqual(['a']))
  })

  it('may come before the shelves are read, and may be acknowledged before, too', async () => {
    const disk = new Disk()
    await new Outbox([disk]).add(entry('old', 1))
    const outbox = new Outbox([disk])
    const opening = outbox.open(() => undefined)
    await outbox.add(entry('new', 2))
    await outbox.remove('old')
    await opening
    expect(idsOf(outbox)).toEqual(['new'])
  })

  it('is never crowded out by what the device noticed', async () => {
    const disk = new Disk()
    const outbox = new Outbox([disk])
    await outbox.add(entry('alarm', 1))
    for (let n = 0; n < 200; n++) await outbox.add(entry(`m${n}`, 10 + n, n % 2 === 0 ? 'mains_loss' : 'mains_restore'))
    expect(idsOf(outbox)).toEqual(['alarm', ...Array.from({ length: 50 }, (_, n) => `m${150 + n}`)])
    expect(disk.entries.size).toBe(51)
  })
})

describe('localStorage', () => {
  it('has the press before the call returns', () => {
    const map = new Map<string, string>()
    void new Outbox([localShelf(storageOf(map))]).add(entry('a', 1))
    expect([...map.keys()]).toEqual(['anhu.terminal.outbox.a'])
  })

  it('passes over what it can not read', async () => {
    const map = new Map([
      ['anhu.terminal.outbox.a', '{"id":"a","ts":1,"seq"'],
      ['anhu.terminal.outbox.b', '{"id":"b","ts":1,"seq":1,"type":"sos","detail":{},"deviceId":"t-1"}'],
      ['anhu.terminal.outbox.c', '[]'],
      ['anhu.terminal.settings', '{}'],
    ])
    expect((await localShelf(storageOf(map)).load()).map(({ id }) => id)).toEqual(['b'])
  })

  it.each([null, 1, 'x', [], {}, { id: 1, ts: 1, seq: 1, type: 'sos' }])('%j is no entry', (value) => {
    expect(isPending(value)).toBe(false)
  })
})
