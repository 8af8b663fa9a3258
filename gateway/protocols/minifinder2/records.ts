/** Records of a body: length, key, value; the length counts the key. */
export interface Entry {
  key: number
  value: Buffer
}

/**
 * Takes a body apart as far as it goes.
 * @returns `isWhole` false: a record is longer than what is left, or has no key
 */
export function readRecords(bytes: Buffer): { records: Entry[]; isWhole: boolean } {
  const records: Entry[] = []
  let at = 0
  while (at < bytes.length) {
    const length = bytes[at] ?? 0
    const end = at + 1 + length
    if (length === 0 || end > bytes.length) return { records, isWhole: false }
    records.push({ key: bytes[at + 1] ?? 0, value: bytes.subarray(at + 2, end) })
    at = end
  }
  return { records, isWhole: true }
}

/** Seconds since 1970 at `at`, as ms; null when absent or 0. */
export function timeAt(value: Buffer, at: number): number | null {
  const seconds = value.length >= at + 4 ? value.readUInt32LE(at) : 0
  return seconds === 0 ? null : seconds * 1000
}
