import { setImmediate as pause } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import type { NewDeviceAnswer } from '../../contract/device.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { hashDeviceSecret, newSecret } from '../../store/secrets.ts'
import { type Columns, columnOf, type ImportProblem, type ImportRow, readHeading, readRow } from './import-rows.ts'
import { addressKey, type By, insertDevices, lookUp, type NewRow, takenAddresses, takenIds } from './insert.ts'
import { isHubKind, type Known, type PlannedDevice, planDevice, text } from './plan.ts'
import { readSheet } from './sheet.ts'
import { unreadable } from './unreadable.ts'

export const MAX_IMPORT_ROWS = 10_000
export const MAX_IMPORT_BYTES = 5 * 1024 * 1024
const MAX_LISTED_PROBLEMS = 200
/** Rows after which other work gets its turn. */
const BREATH = 250

export interface CheckedImport {
  /** Rows with something in them, without the heading. */
  rows: number
  /** What is to be written; only right when there are no problems. */
  planned: PlannedDevice[]
  problems: ImportProblem[]
}

/**
 * Reads a list (CSV or XLSX) and looks for everything that is wrong with it; writes nothing.
 * @throws DomainError invalid_request when the file can't be read at all
 */
export async function checkImport(db: Kysely<Database>, file: Buffer): Promise<CheckedImport> {
  const sheet = await readSheet(file, MAX_IMPORT_ROWS + 1)
  if (sheet.length === 0) throw unreadable('The list is empty.')
  const { columns, problems } = readHeading(sheet)
  if (problems.length > 0) return { rows: filled(sheet.slice(1)), planned: [], problems: listed(problems) }

  const rows: ImportRow[] = []
  for (let at = 1; at < sheet.length; at++) {
    if (at % BREATH === 0) await pause()
    const read = readRow(columns, sheet[at] ?? [], at + 1)
    problems.push(...read.problems)
    if (read.device !== null) rows.push({ row: at + 1, device: read.device })
  }
  const planned = await plan(db, rows, columns, problems)
  return { rows: filled(sheet.slice(1)), planned, problems: listed(problems) }
}

const filled = (cells: readonly string[][]): number => cells.filter((row) => row.some((cell) => cell !== '')).length

async function plan(
  db: Kysely<Database>,
  rows: readonly ImportRow[],
  columns: Columns,
  problems: ImportProblem[],
): Promise<PlannedDevice[]> {
  const known = await everythingKnown(db, rows)
  const planned: { row: number; device: PlannedDevice }[] = []
  for (const [n, { row, device }] of rows.entries()) {
    if (n % BREATH === 0) await pause()
    const made = planDevice(device, known)
    for (const { field, message } of made.problems) problems.push({ row, column: columnOf(columns, field), message })
    planned.push({ row, device: made.planned })
  }
  const devices = planned.map(({ device }) => device)
  const ids = await takenIds(
    db,
    devices.map(({ deviceId }) => deviceId),
  )
  const addresses = await takenAddresses(db, devices)
  const idRows = new Map<string, number>()
  const addressRows = new Map<string, number>()
  for (const { row, device } of planned) {
    const wrong = (field: string, message: string) => problems.push({ row, column: columnOf(columns, field), message })
    const sameId = firstRow(idRows, device.deviceId, row)
    if (ids.has(device.deviceId)) wrong('deviceId', 'already registered')
    else if (sameId !== null) wrong('deviceId', `is in row ${sameId} as well`)
    const key = addressKey(device)
    if (key === null) continue
    const sameAddress = firstRow(addressRows, key, row)
    if (addresses.has(key)) wrong('address', 'another device in use has it')
    else if (sameAddress !== null) wrong('address', `is in row ${sameAddress} as well`)
  }
  // A hub has to be there before what is behind it.
  return devices.toSorted((a, b) => Number(isHubKind(b.kind)) - Number(isHubKind(a.kind)))
}

function firstRow(seen: Map<string, number>, key: string, row: number): number | null {
  const first = seen.get(key)
  if (first !== undefined) return first
  seen.set(key, row)
  return null
}

/** Hubs may come with the same list as the devices behind them. */
async function everythingKnown(db: Kysely<Database>, rows: readonly ImportRow[]): Promise<Known> {
  const distinct = (of: (row: ImportRow) => string | null | undefined) => [
    ...new Set(rows.flatMap((row) => text(of(row)) ?? [])),
  ]
  const registered = await lookUp(
    db,
    distinct(({ device }) => device.hubId),
    distinct(({ device }) => device.residentId),
  )
  const listedHubs = new Map(
    rows
      .filter(({ device }) => isHubKind(device.kind))
      .map(({ device: { deviceId, kind, protocol } }) => [
        deviceId,
        { kind, protocol, lifecycle: 'in_stock' as const },
      ]),
  )
  return { hasResident: registered.hasResident, hub: (id) => registered.hub(id) ?? listedHubs.get(id) }
}

/** In the order of rows, and cut: whoever has more than so many problems has one problem many times. */
function listed(problems: readonly ImportProblem[]): ImportProblem[] {
  const sorted = problems.toSorted((a, b) => a.row - b.row)
  const more = sorted[MAX_LISTED_PROBLEMS]
  if (more === undefined) return sorted
  const rest = sorted.length - MAX_LISTED_PROBLEMS
  return [
    ...sorted.slice(0, MAX_LISTED_PROBLEMS),
    { row: more.row, column: null, message: `and ${rest} more problems from here on` },
  ]
}

export interface ReadyDevice extends NewRow {
  secret: string | null
}

/** argon2 takes threads that logins need too, so it is done a few at a time (1.2 ms each). */
const HASHES_AT_ONCE = 2

/** Makes the secrets of those that log in themselves. */
export async function withSecrets(planned: readonly PlannedDevice[]): Promise<ReadyDevice[]> {
  const ready = planned.map((device): ReadyDevice => {
    return { planned: device, secret: device.hasSecret ? newSecret() : null, secretHash: null }
  })
  const waiting = ready.values()
  const hash = async () => {
    for (const device of waiting) {
      if (device.secret !== null) device.secretHash = await hashDeviceSecret(device.secret)
    }
  }
  await Promise.all(Array.from({ length: HASHES_AT_ONCE }, hash))
  return ready
}

/** Writes all of them, or none. @throws DomainError already_exists when another hand was quicker */
export async function writeImport(
  tx: Transaction<Database>,
  ready: readonly ReadyDevice[],
  by: By,
): Promise<NewDeviceAnswer[]> {
  const made = await insertDevices(tx, ready, by)
  if (made.size !== ready.length) {
    throw new DomainError('already_exists', 'Some of these were registered just now. Nothing was written; check again.')
  }
  return ready.map(({ planned: { deviceId }, secret }) => ({ deviceId, secret }))
}
