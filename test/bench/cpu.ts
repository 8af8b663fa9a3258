import { readdir, readFile } from 'node:fs/promises'

/** Ticks of /proc are hundredths of a second on every Linux that we run on. */
const TICKS_PER_SECOND = 100

interface Usage {
  parent: number
  seconds: number
}

async function usages(): Promise<Map<number, Usage>> {
  const found = new Map<number, Usage>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // A process may end between the two reads.
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null)
    if (text === null) continue
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    found.set(Number(name), {
      parent: Number(fields[1]),
      seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    })
  }
  return found
}

/** Seconds of processor time of a process, and of all that descend from it. Linux. */
export async function cpuSeconds(pid: number): Promise<{ own: number; below: number }> {
  const all = await usages()
  const isBelow = (one: number): boolean => {
    const parent = all.get(one)?.parent
    return parent !== undefined && parent > 1 && (parent === pid || isBelow(parent))
  }
  const below = [...all].filter(([one]) => isBelow(one)).reduce((sum, [, { seconds }]) => sum + seconds, 0)
  return { own: all.get(pid)?.seconds ?? 0, below }
}
