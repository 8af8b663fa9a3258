import nacl from 'tweetnacl'

/**
 * The app's own encryption: libsodium's secretbox (XSalsa20-Poly1305). `data` is base64 of a nonce of 24 bytes and the box;
 * the key is the secret's text, filled up with NUL to 32 bytes. Source: OwnTracks booklet, "Encrypting payloads".
 */

const { keyLength, nonceLength, overheadLength } = nacl.secretbox

/** The key, or why there is none. */
export type PhoneKey = { ok: true; bytes: Uint8Array } | { ok: false; explanation: string }

/** The key that a secret stands for, as it is typed into the app. */
export function phoneKey(secret: string | undefined): PhoneKey {
  if (secret === undefined || secret === '')
    return { ok: false, explanation: 'no encryption key is set for this phone' }
  const text = Buffer.from(secret, 'utf8')
  if (text.length > keyLength) return { ok: false, explanation: `the encryption key is longer than ${keyLength} bytes` }
  const bytes = new Uint8Array(keyLength)
  bytes.set(text)
  return { ok: true, bytes }
}

export type Opened = { ok: true; text: Uint8Array } | { ok: false; explanation: string }

/** Opens the `data` of an `encrypted` message. Never throws. */
export function open(data: unknown, key: PhoneKey): Opened {
  if (!key.ok) return key
  if (typeof data !== 'string') return { ok: false, explanation: 'data is missing' }
  const bytes = Buffer.from(data, 'base64')
  if (bytes.length < nonceLength + overheadLength) return { ok: false, explanation: 'data is cut off' }
  const text = nacl.secretbox.open(bytes.subarray(nonceLength), bytes.subarray(0, nonceLength), key.bytes)
  return text === null
    ? { ok: false, explanation: 'the encryption key set for this phone is not the one in its app' }
    : { ok: true, text }
}

/**
 * An `encrypted` message around another one.
 * @param nonce 24 bytes that are used only once
 */
export function seal(text: Uint8Array, key: Uint8Array, nonce: Uint8Array): Buffer {
  const box = nacl.secretbox(text, nonce, key)
  return Buffer.from(JSON.stringify({ _type: 'encrypted', data: Buffer.concat([nonce, box]).toString('base64') }))
}

export const NONCE_BYTES = nonceLength
