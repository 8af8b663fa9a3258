import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../contract/clock.ts'
import type { CommandArguments, CommandType, DeviceCommand } from '../contract/command.ts'
import type { CommandView, NewCommand } from '../contract/device.ts'
import { LORAWAN_PROTOCOLS } from '../contract/device.ts'
import { DomainError } from '../contract/errors.ts'
import type { CommandTarget, DeliveryResult, DeviceLinkPort, DeviceRoute } from '../contract/ports.ts'
import { COMMAND_LIFE_MS } from '../store/commands.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

type Db = Kysely<Database>

/** Commands taken up at a time. */
const BATCH = 100
/** A command whose delivery is under way is left alone for so long; then somebody (this node or another) tries again. */
const LEASE_MS = 30_000
/** A device that isn't there is tried again after this; when it comes back it is tried at once. */
const ABSENT_MS = 60_000
/** A command for a device on another node is left to that one for so long; then that node is not there any more. */
const ELSEWHERE_MS = 10_000

export interface CommandService {
  /** Tries what is due, once the current round is over. Returns at once. */
  wake(): void
  /** A device, or a hub with those behind it, can be reached from now on. Returns at once. */
  reachable(deviceId: string): void
  /** Delivers what is due and expires what is too old; resolves when there is nothing left to try now. */
  deliverDue(): Promise<void>
  stop(): Promise<void>
}

export interface CommandServiceDeps {
  /** The gateway is put together later. */
  links: () => DeviceLinkPort
  /** This node: it leaves to the others what is theirs to deliver. */
  node: string
  clock: Clock
  log: Logger
}

/** Brings queued commands to their devices: at least once, in the order in which they were given, until they expire. */
export function createCommandService(db: Db, { links, node, clock, log }: CommandServiceDeps): CommandService {
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  let reached = new Set<string>()

  async function round(): Promise<void> {
    const now = clock.now()
    const devices = [...reached]
    reached = new Set()
    try {
      if (devices.length > 0) await makeDue(db, devices, now)
      await expire(db, now)
      for (;;) {
        const due = await claim(db, { node, reached: devices, now })
        await Promise.all([...inOrderByDevice(due)].map((commands) => deliver(commands)))
        if (due.length < BATCH || stopped) return
      }
    } catch (error) {
      for (const deviceId of devices) reached.add(deviceId)
      log.warn({ err: error }, 'commands not delivered, trying again')
    }
  }

  /** One device's commands, one after the other: "somebody is coming" must not be followed by "received". */
  async function deliver(commands: readonly ClaimedCommand[]): Promise<void> {
    for (const { command, target } of commands) {
      const result = await links().deliver(target, command)
      await settle(db, command.commandId, result, clock.now())
      if (result === 'offline') return
    }
  }

  async function run(): Promise<void> {
    do {
      again = false
      await round()
    } while (again && !stopped)
    running = null
  }

  function wake(): void {
    if (stopped) return
    if (running !== null) again = true
    else running = run()
  }

  return {
    wake,
    reachable: (deviceId) => {
      reached.add(deviceId)
      wake()
    },
    deliverDue: async () => {
      wake()
      while (running !== null) await running
    },
    stop: async () => {
      stopped = true
      await running
    },
  }
}

interface ClaimedCommand {
  command: DeviceCommand
  target: CommandTarget
}

/**
 * Takes up what is due, for as long as the lease lasts; but not what another node can deliver, which has the connection of
 * the device, its hub, or the network server or bridge that spoke of it last.
 * @param reached devices that have just come to this node, whatever is written of them yet
 */
async function claim(
  db: Db,
  { node, reached, now }: { node: string; reached: readonly string[]; now: number },
): Promise<ClaimedCommand[]> {
  const { rows } = await sql<ClaimedRow>`
    with due as (
      select command_id from device_command
      join device using (device_id) left join device_state state using (device_id)
      where device_command.state = 'queued' and due_at <= ${new Date(now)} and (
        due_at <= ${new Date(now - ELSEWHERE_MS)} or not exists (
          select from device_state holder
          where holder.device_id = coalesce(device.hub_id, state.heard_via, device_id)
            and holder.online and holder.node <> ${node} and holder.device_id <> all(${reached})))
      order by due_at, number limit ${BATCH} for update of device_command skip locked
    ), taken as (
      update device_command set due_at = ${new Date(now + LEASE_MS)}, attempts = attempts + 1
      from due where device_command.command_id = due.command_id
      returning device_command.*
    )
    select taken.command_id, taken.type, taken.args, taken.case_id, signal.message_id, device.device_id, device.protocol, device.kind, device.model,
      device.hub_id, coalesce(device.address, device.device_id) as address, state.heard_via, state.route
    from taken join device using (device_id) left join device_state state using (device_id)
    left join signal on signal.signal_id = taken.signal_id and signal.device_id = taken.device_id
    order by taken.number`.execute(db)
  return rows.map((row) => ({
    command: {
      commandId: row.command_id,
      type: row.type,
      args: row.args,
      caseId: row.case_id,
      eventId: row.message_id,
    },
    target: {
      deviceId: row.device_id,
      protocol: row.protocol,
      kind: row.kind,
      model: row.model,
      hubId: row.hub_id,
      address: row.address,
      lastHeard: row.heard_via !== null && row.route !== null ? { via: row.heard_via, route: row.route } : null,
    },
  }))
}

interface ClaimedRow {
  command_id: string
  type: CommandType
  args: CommandArguments
  case_id: string | null
  message_id: string | null
  device_id: string
  protocol: string
  kind: string
  model: string | null
  hub_id: string | null
  address: string
  heard_via: string | null
  route: DeviceRoute | null
}

function inOrderByDevice(claimed: readonly ClaimedCommand[]): Iterable<ClaimedCommand[]> {
  const byDevice = new Map<string, ClaimedCommand[]>()
  for (const one of claimed) {
    const list = byDevice.get(one.target.deviceId)
    if (list) list.push(one)
    else byDevice.set(one.target.deviceId, [one])
  }
  return byDevice.values()
}

/** A device that answered while we were still writing has made it `replied`: that stays. */
async function settle(db: Db, commandId: string, result: DeliveryResult, now: number): Promise<void> {
  const at = new Date(now)
  const outcome = {
    delivered: { state: 'sent' as const, sent_at: at, due_at: null },
    unsupported: { state: 'unsupported' as const, due_at: null },
    offline: { due_at: new Date(now + ABSENT_MS) },
  }[result]
  await db
    .updateTable('device_command')
    .set(outcome)
    .where('command_id', '=', commandId)
    .where('state', '=', 'queued')
    .execute()
  // The answer came first: when it was sent is worth knowing all the same.
  if (result === 'delivered') {
    await db
      .updateTable('device_command')
      .set({ sent_at: at })
      .where('command_id', '=', commandId)
      .where('state', '=', 'replied')
      .where('sent_at', 'is', null)
      .execute()
  }
}

async function makeDue(db: Db, deviceIds: readonly string[], now: number): Promise<void> {
  await sql`
    update device_command set due_at = ${new Date(now)}
    from device
    where device.device_id = device_command.device_id and device_command.state = 'queued'
      and (device.device_id = any(${deviceIds}) or device.hub_id = any(${deviceIds})
        or (device.hub_id is null and device.protocol = any(${LORAWAN_PROTOCOLS}) and device.protocol in (
          select protocol from device holder where holder.device_id = any(${deviceIds}))))`.execute(db)
}

async function expire(db: Db, now: number): Promise<void> {
  await db
    .updateTable('device_command')
    .set({ state: 'expired', due_at: null })
    .where('state', '=', 'queued')
    .where('expires_at', '<=', new Date(now))
    .execute()
}

/**
 * Queues a command that a user gives.
 * @throws DomainError not_found, invalid_request (an argument is missing)
 */
export async function createCommand(
  db: Db,
  deviceId: string,
  { type, args = {} }: NewCommand,
  userId: string,
  now: number,
): Promise<CommandView> {
  requireArguments(type, args)
  const known = await db.selectFrom('device').select('device_id').where('device_id', '=', deviceId).executeTakeFirst()
  if (!known) throw new DomainError('not_found', 'There is no such device.')
  const commandId = uuidv7()
  await db
    .insertInto('device_command')
    .values({
      command_id: commandId,
      device_id: deviceId,
      type,
      args: JSON.stringify(args),
      state: 'queued',
      case_id: null,
      signal_id: null,
      created_at: new Date(now),
      created_by: userId,
      expires_at: new Date(now + COMMAND_LIFE_MS[type]),
      due_at: new Date(now),
    })
    .execute()
  const [view] = (await commands(db).where('command_id', '=', commandId).execute()).map(toView)
  if (!view) throw new Error('a command that was just written is not there')
  return view
}

function requireArguments(type: CommandType, args: CommandArguments): void {
  const missing = (field: string, message: string) => {
    throw new DomainError('invalid_request', 'The command lacks an argument.', { errors: [{ field, message }] })
  }
  if (type === 'message' && args.text === undefined) missing('args.text', 'what to say is missing')
  if (type === 'config' && Object.keys(args).length === 0) missing('args', 'at least one setting is needed')
}

/** A page of a device's commands, newest first. */
export async function listCommands(
  db: Db,
  deviceId: string,
  query: { cursor?: string; limit: number },
): Promise<{ items: CommandView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await commands(db)
    .where('device_command.device_id', '=', deviceId)
    .$if(after !== null, (q) => q.where('number', '<', Number(after?.[0]) || 0))
    .orderBy('number', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.number], toView)
}

function commands(db: Db) {
  return db
    .selectFrom('device_command')
    .leftJoin('app_user', 'app_user.user_id', 'device_command.created_by')
    .selectAll('device_command')
    .select('app_user.display_name')
}

type CommandRow = Awaited<ReturnType<ReturnType<typeof commands>['execute']>>[number]

function toView(row: CommandRow): CommandView {
  return {
    commandId: row.command_id,
    type: row.type,
    args: row.args,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    by: row.display_name,
    expiresAt: row.expires_at.toISOString(),
    sentAt: iso(row.sent_at),
    repliedAt: iso(row.replied_at),
    reply: row.reply,
  }
}
