import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** The library's const enum can't be used with isolated modules. */
const ARGON2ID = 2

/** People choose passwords: OWASP's second choice for argon2id (19 MiB, 2 passes). */
const FOR_PEOPLE = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Device secrets are 192 random bits: nobody guesses them, and a city's devices come back all at once. */
const FOR_DEVICES = { algorithm: ARGON2ID, memoryCost: 4_096, timeCost: 1, parallelism: 1 }

export const hashPassword = (password: string): Promise<string> => hash(password, FOR_PEOPLE)
export const hashDeviceSecret = (secret: string): Promise<string> => hash(secret, FOR_DEVICES)

/** A hash that no password fits: verifying against it takes as long as against a real one. */
let nobody: Promise<string> | null = null

/** Whether the password fits; takes the same time when there is no such user (hash null). */
export async function passwordFits(storedHash: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword(randomBytes(24).toString('base64url'))
  const fits = await verify(storedHash ?? (await nobody), password)
  return fits && storedHash !== null
}

/** 192 random bits as 32 letters, digits, - and _. */
export const newSecret = (): string => randomBytes(24).toString('base64url')

/** A password to be read from a screen and typed: 80 bits in groups, without letters that look alike. */
export function newPassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
  const letters = Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}
