/** One value that was changed. */
export interface Change {
  path: string[]
  from: string
  to: string
}

/** What differs between two settings. Pure. */
export function changesBetween(before: object, after: object, path: string[] = []): Change[] {
  const old = before as Record<string, unknown>
  return Object.entries(after).flatMap(([key, value]): Change[] => {
    const was = old[key]
    if (typeof value === 'object' && value !== null && typeof was === 'object' && was !== null) {
      return changesBetween(was, value, [...path, key])
    }
    return was === value ? [] : [{ path: [...path, key], from: String(was), to: String(value) }]
  })
}
