/** What differs between two settings, as `distribution.passSeconds 15 → 20`. Pure. */
export function changesBetween(before: object, after: object, prefix = ''): string[] {
  const old = before as Record<string, unknown>
  return Object.entries(after).flatMap(([key, value]) => {
    const was = old[key]
    if (typeof value === 'object' && value !== null && typeof was === 'object' && was !== null) {
      return changesBetween(was, value, `${prefix}${key}.`)
    }
    return was === value ? [] : [`${prefix}${key} ${String(was)} → ${String(value)}`]
  })
}
