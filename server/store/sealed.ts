import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Secrets that have to be used, not only compared (passwords of outside brokers, keys of phones), are kept sealed with
 * AES-256-GCM under a key of this installation.
 */
export interface Sealer {
  /** @param subject what it belongs to, e.g. a device id: sealed for one, it can't be opened for another */
  seal(value: Record<string, unknown>, subject: string): Buffer
  /** @throws SealError when the key or the subject is another one, or the bytes were changed */
  unseal(sealed: Uint8Array, subject: string): Record<string, unknown>
}

export class SealError extends Error {}

/** 1 byte version, 12 bytes nonce, 16 bytes tag, then the sealed JSON text. NIST SP 800-38D, 96-bit random nonces. */
const VERSION = 1
const NONCE = { at: 1, bytes: 12 }
const TAG = { at: NONCE.at + NONCE.bytes, bytes: 16 }
const TEXT_AT = TAG.at + TAG.bytes
const KEY_BYTES = 32
const KEY_FILE = 'seal.key'

/** @param key 32 bytes, see `loadSealKey` */
export function createSealer(key: Uint8Array): Sealer {
  if (key.length !== KEY_BYTES) throw new SealError(`a seal key has ${KEY_BYTES} bytes, not ${key.length}`)
  return {
    seal: (value, subject) => {
      const nonce = randomBytes(NONCE.bytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(subject))
      const text = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), text])
    },
    unseal: (sealed, subject) => {
      if (sealed.length < TEXT_AT || sealed[0] !== VERSION) throw new SealError('not a sealed value of this version')
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(NONCE.at, TAG.at), {
        authTagLength: TAG.bytes,
      })
      decipher.setAAD(Buffer.from(subject)).setAuthTag(sealed.subarray(TAG.at, TEXT_AT))
      return JSON.parse(opened(() => Buffer.concat([decipher.update(sealed.subarray(TEXT_AT)), decipher.final()])))
    },
  }
}

function opened(decipher: () => Buffer): string {
  try {
    return decipher().toString()
  } catch (error) {
    throw new SealError(
      'sealed with another key, or changed since: give the key of the installation that sealed it (SEAL_KEY, or the ' +
        `file ${KEY_FILE} of its data folder)`,
      { cause: error },
    )
  }
}

/**
 * The key of this installation: from the environment, else from `seal.key` in the data folder, made at first use.
 * Nodes that share a database need the same key, so each has to be given it.
 * @param fromEnv 32 bytes as base64 or as 64 hexadecimal digits; null: use the file
 * @throws SealError when the key has another length
 */
export async function loadSealKey(dataDir: string, fromEnv: string | null): Promise<Buffer> {
  if (fromEnv !== null) return parseKey(fromEnv, 'SEAL_KEY')
  const file = join(dataDir, KEY_FILE)
  return (await readKey(file)) ?? (await makeKey(dataDir, file))
}

/** @throws SealError */
export function parseKey(text: string, from: string): Buffer {
  const trimmed = text.trim()
  const key = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64')
  if (key.length === KEY_BYTES) return key
  throw new SealError(`${from} must be ${KEY_BYTES} bytes as base64 or as ${2 * KEY_BYTES} hexadecimal digits`)
}

async function readKey(file: string): Promise<Buffer | null> {
  try {
    return parseKey(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

/**
 * On the disk before anything is sealed with it: what it seals can't be opened without it. It appears whole, and only if
 * no other process was quicker.
 */
async function makeKey(dataDir: string, file: string): Promise<Buffer> {
  await mkdir(dataDir, { recursive: true })
  const key = randomBytes(KEY_BYTES)
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${key.toString('base64')}\n`, { mode: 0o600, flush: true })
  try {
    await link(draft, file)
    return key
  } catch (error) {
    const made = isCode(error, 'EEXIST') ? await readKey(file) : null
    if (made === null) throw error
    return made
  } finally {
    await rm(draft)
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
