import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { authenticate, ensureUser, setPassword } from './users.ts'

export interface Account {
  username: string
  /** Null when it was set before and is not known any more. */
  password: string | null
}

const ADMIN = { username: 'admin', displayName: '管理员', role: 'admin' } as const
const DEMO_STAFF = [
  { username: 'huangyan', displayName: '黄燕', role: 'supervisor' },
  { username: 'limin', displayName: '李敏', role: 'operator' },
  { username: 'wangfang', displayName: '王芳', role: 'operator' },
] as const

/**
 * The accounts that must exist to begin: `admin`, and in a demonstration city a supervisor and two operators. Generated passwords are
 * returned once, to be printed; a demonstration city keeps its own readably in DATA_DIR, to print them at each start.
 * ADMIN_PASSWORD always holds, so that a lost password can be set anew.
 */
export async function prepareAccounts(
  db: Kysely<Database>,
  settings: { adminPassword: string | null; demo: boolean; dataDir: string },
  now: number,
): Promise<Account[]> {
  const { adminPassword, demo, dataDir } = settings
  const file = join(dataDir, 'demo-accounts.json')
  const kept = demo ? await readKept(file) : new Map<string, string>()
  const accounts: Account[] = []
  for (const user of demo ? [ADMIN, ...DEMO_STAFF] : [ADMIN]) {
    const given = user === ADMIN ? adminPassword : null
    const made = await ensureUser(db, { ...user, password: given ?? kept.get(user.username) ?? null }, now)
    if (made === null && given !== null) await setPassword(db, user.username, given)
    accounts.push({ username: user.username, password: given ?? made ?? (await ifStillRight(db, user.username, kept)) })
  }
  if (demo) await writeFile(file, JSON.stringify(accounts, null, 2), { mode: 0o600 })
  return accounts
}

/** The kept password, unless it was changed in the console meanwhile. */
async function ifStillRight(
  db: Kysely<Database>,
  username: string,
  kept: ReadonlyMap<string, string>,
): Promise<string | null> {
  const password = kept.get(username)
  return password !== undefined && (await authenticate(db, username, password)) ? password : null
}

async function readKept(file: string): Promise<Map<string, string>> {
  try {
    const accounts = JSON.parse(await readFile(file, 'utf8')) as Account[]
    return new Map(accounts.flatMap(({ username, password }) => (password === null ? [] : [[username, password]])))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map()
    throw error
  }
}
