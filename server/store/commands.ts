import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { type CommandType, FEEDBACK_TYPES, type FeedbackType } from '../contract/command.ts'
import { LORAWAN_PROTOCOLS } from '../contract/device.ts'
import type { Database } from './schema.ts'

/** The outbox of commands to devices: rows that are written with what causes them, and delivered by whichever node can. */

/** How long a command is worth delivering, ms. Feedback that comes late would only confuse. */
export const COMMAND_LIFE_MS: Record<CommandType, number> = {
  received: 15 * 60_000,
  answered: 30 * 60_000,
  dispatched: 60 * 60_000,
  arrived: 60 * 60_000,
  closed: 2 * 60 * 60_000,
  locate: 10 * 60_000,
  sound: 10 * 60_000,
  message: 24 * 60 * 60_000,
  config: 7 * 24 * 60 * 60_000,
}

/** Protocols whose devices can tell a person how far help has come; LoRaWAN sensors are told of the end alone. */
const FEEDBACK_PROTOCOLS: readonly string[] = ['native', 'watch']

/**
 * Statement parts that queue feedback for the devices that raised a case, and for the terminals of its resident.
 * @param raised JSON array of `{caseId, deviceId, residentId, signalId}`; the signal may be left out
 */
export function feedbackParts(type: FeedbackType, raised: string, now: number): RawBuilder<unknown> {
  const at = new Date(now)
  return sql`
    insert into device_command (command_id, device_id, type, args, state, case_id, signal_id, created_at, expires_at,
      due_at)
    select gen_random_uuid(), told.device_id, ${type}, '{}', 'queued', told."caseId", told."signalId", ${at},
      ${new Date(now + COMMAND_LIFE_MS[type])}, ${at}
    from (
      select distinct r."caseId", r."signalId", device.device_id
      from jsonb_to_recordset(${raised}::jsonb) as r("caseId" uuid, "deviceId" text, "residentId" text, "signalId" uuid)
      join device on device.device_id = r."deviceId"
        or (device.resident_id = r."residentId" and device.kind = 'terminal')
      where device.enabled and device.lifecycle <> 'retired'
        and (device.protocol = any(${FEEDBACK_PROTOCOLS})
          or (${type === 'closed'} and device.protocol = any(${LORAWAN_PROTOCOLS})))
    ) told`
}

/** Queues feedback to everybody who raised a case. */
export async function queueFeedback(
  tx: Transaction<Database>,
  type: FeedbackType,
  caseId: string,
  now: number,
): Promise<void> {
  const raised = await tx
    .selectFrom('alert')
    .innerJoin('alarm_case', 'alarm_case.case_id', 'alert.case_id')
    .select(['alert.case_id as caseId', 'alert.device_id as deviceId', 'alarm_case.resident_id as residentId'])
    .distinct()
    .where('alert.case_id', '=', caseId)
    .execute()
  await feedbackParts(type, JSON.stringify(raised), now).execute(tx)
}

/** Notes what devices have answered. A reply to a command that isn't known changes nothing. */
export async function storeReplies(
  tx: Kysely<Database>,
  replies: readonly {
    deviceId: string
    commandId: string | null
    type: CommandType | null
    detail: Record<string, unknown>
    at: number
  }[],
): Promise<void> {
  if (replies.length === 0) return
  const rows = replies.map((reply, n) => ({ ...reply, n, at: new Date(reply.at).toISOString() }))
  await sql`
    update device_command set state = 'replied', replied_at = answered.at, reply = answered.detail, due_at = null
    from (
      select distinct on (command.command_id) command.command_id, r.at, r.detail
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("deviceId" text, "commandId" text, type text,
        detail jsonb, at timestamptz, n integer)
      cross join lateral (
        select command_id from device_command
        where device_id = r."deviceId" and state in ('queued', 'sent')
          and (command_id::text = r."commandId" or (r."commandId" is null and (type = r.type
            -- A watch is told in a message how far help has come, and answers the message.
            or (r.type = 'message' and type = any(${FEEDBACK_TYPES})))))
        order by sent_at desc nulls last limit 1
      ) command
      order by command.command_id, r.n desc
    ) answered
    where device_command.command_id = answered.command_id`.execute(tx)
}
