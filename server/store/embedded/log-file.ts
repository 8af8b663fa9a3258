import { copyFile, open, stat, truncate } from 'node:fs/promises'
import { errorCode } from './errors.ts'

const LOG_LIMIT_BYTES = 8 * 1024 * 1024

/** Size in bytes; 0 when there is no such file yet. */
export async function logSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0
    throw error
  }
}

/** The text from byte `offset` on, at most the last 64 KiB. */
export async function readLogFrom(path: string, offset: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(offset, size - 65_536)
    const buffer = Buffer.alloc(Math.max(size - start, 0))
    await file.read(buffer, 0, buffer.length, start)
    return buffer.toString()
  } finally {
    await file.close()
  }
}

/**
 * Keeps the log below twice `limit` bytes: a full one is copied to `….1` and emptied. It is not renamed, because the
 * running server holds it open (for appending, so that it goes on at the new end).
 */
export async function boundLog(path: string, limit = LOG_LIMIT_BYTES): Promise<void> {
  if ((await logSize(path)) <= limit) return
  await copyFile(path, `${path}.1`)
  await truncate(path, 0)
}
