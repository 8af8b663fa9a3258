/** So long a page that keeps asking for the same thing is one look. */
const LOOK_MS = 600_000
const MOST = 10_000

/** Remembers who looks at what, so that a page that follows something is noted once and not every few seconds. */
export function createLooks(): { isNew(key: string, now: number): boolean } {
  const since = new Map<string, number>()
  return {
    isNew: (key, now) => {
      const noted = since.get(key)
      if (noted !== undefined && now - noted < LOOK_MS) return false
      // The oldest ones come first: forgetting them notes a look once more, never once less.
      since.delete(key)
      since.set(key, now)
      for (const [old] of since) {
        if (since.size <= MOST) break
        since.delete(old)
      }
      return true
    },
  }
}
