import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import type { VirtualHome } from '../contract/ports.ts'
import type { Database } from '../store/schema.ts'
import { newSecret } from '../store/secrets.ts'
import { DEMO_PREFIX } from './households.ts'
import { hashAll, type SeedOptions, seedDemo } from './seed.ts'

const FILE = 'demo-devices.json'

interface DemoFile {
  version: 1
  /** Of the secrets' hashes in the database these belong to. */
  fingerprint: string
  homes: VirtualHome[]
}

/**
 * The demonstration homes with their devices' secrets: invented at the first start, read back from the data folder at
 * the next. When the file does not fit the database (missing, damaged, another database) all demonstration devices get
 * new secrets.
 * @param dataDir folder of the file, which only its owner may read
 */
export async function demoHomes(
  db: Kysely<Database>,
  options: SeedOptions & { dataDir: string },
  log: Logger,
): Promise<VirtualHome[]> {
  const file = join(options.dataDir, FILE)
  const invented = await seedDemo(db, options)
  if (invented.length > 0) {
    log.info({ homes: invented.length }, 'demonstration homes created')
    return keep(db, file, invented)
  }
  const kept = await read(file, log)
  if (kept && kept.fingerprint === (await fingerprint(db))) return kept.homes
  log.info('demonstration devices get new secrets')
  return keep(db, file, await rotate(db, options.hashSecret))
}

/** Demonstration devices are those the seed made: an administrator's own devices in a demonstration home are left alone. */
function demoDevices(db: Kysely<Database>) {
  const number = sql<string>`substr(home.home_id, ${`${DEMO_PREFIX}home-`.length + 1}::int)`
  return db
    .selectFrom('home')
    .innerJoin('resident', 'resident.home_id', 'home.home_id')
    .innerJoin('device', 'device.resident_id', 'resident.resident_id')
    .where('home.home_id', 'like', `${DEMO_PREFIX}%`)
    .where(sql<boolean>`device.device_id ~ ('^[a-z]+-[0-9]{6}-' || ${number} || '(-[0-9])?$')`)
    .orderBy('home.home_id')
    .orderBy('device.device_id')
}

async function rotate(db: Kysely<Database>, hashSecret: SeedOptions['hashSecret']): Promise<VirtualHome[]> {
  const rows = await demoDevices(db)
    .select(['home.home_id', 'home.lat', 'home.lon', 'device.device_id', 'device.kind', 'device.room'])
    .execute()
  const homes = new Map<string, VirtualHome>()
  for (const { home_id, lat, lon, device_id, kind, room } of rows) {
    if (lat === null || lon === null) continue
    const home = homes.get(home_id) ?? { homeId: home_id, lat, lon, devices: [] }
    home.devices.push({ deviceId: device_id, secret: newSecret(), kind, room })
    homes.set(home_id, home)
  }
  const list = [...homes.values()]
  const hashes = [...(await hashAll(list, hashSecret))].map(([id, hash]) => ({ id, hash }))
  await sql`
    update device set secret_hash = fresh.hash
    from jsonb_to_recordset(${JSON.stringify(hashes)}::jsonb) as fresh(id text, hash text)
    where device.device_id = fresh.id`.execute(db)
  return list
}

async function fingerprint(db: Kysely<Database>): Promise<string> {
  const rows = await demoDevices(db).select(['device.device_id', 'device.secret_hash']).execute()
  const digest = createHash('sha256')
  for (const { device_id, secret_hash } of rows) digest.update(`${device_id} ${secret_hash}\n`)
  return digest.digest('hex')
}

/** Written after the database: when it stops in between, the next start finds no fitting file and makes new secrets. */
async function keep(db: Kysely<Database>, file: string, homes: VirtualHome[]): Promise<VirtualHome[]> {
  const content: DemoFile = { version: 1, fingerprint: await fingerprint(db), homes }
  await mkdir(join(file, '..'), { recursive: true })
  const next = `${file}.new`
  await writeFile(next, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  // The mode above counts only for a file that was not there.
  await chmod(next, 0o600)
  await rename(next, file)
  return homes
}

async function read(file: string, log: Logger): Promise<DemoFile | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isDemoFile(value) ? value : null
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      log.warn({ err: error }, 'demonstration devices unreadable')
    }
    return null
  }
}

/** Our own file: with the right version it is as we wrote it. */
function isDemoFile(value: unknown): value is DemoFile {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'homes' in value
}
