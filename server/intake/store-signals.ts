import { sql, type Transaction } from 'kysely'
import type { DeviceTraits } from '../contract/observation.ts'
import type { Database } from '../store/schema.ts'
import { isReplay } from './device-time.ts'
import type { PendingDeadLetter, PendingSignal, StoredSignal } from './records.ts'

type Tx = Transaction<Database>

/**
 * Stores signals that are not known yet and returns those; a redelivered one is already there and is left out. One whose
 * device is not registered any more (a restored backup) is kept as a dead letter.
 */
export async function storeSignals(tx: Tx, signals: readonly PendingSignal[]): Promise<StoredSignal[]> {
  if (signals.length === 0) return []
  const stored = await insertNew(tx, signals)
  if (stored.length === signals.length) return stored
  const fresh = new Set(stored.map((signal) => signal.signalId))
  const { reused, homeless } = await sortRefused(
    tx,
    signals.filter((signal) => !fresh.has(signal.signalId)),
  )
  await storeDeadLetters(tx, homeless.map(unregistered))
  return reused.length === 0 ? stored : [...stored, ...(await insertNew(tx, reused))]
}

async function insertNew(tx: Tx, signals: readonly PendingSignal[]): Promise<StoredSignal[]> {
  const rows = signals.map((signal) => ({
    ...signal,
    deviceTs: signal.deviceTs === null ? null : new Date(signal.deviceTs),
    receivedAt: new Date(signal.receivedAt),
    occurredAt: new Date(signal.occurredAt),
  }))
  const inserted = await sql<Inserted>`
    with fresh as (
    insert into signal (signal_id, device_id, message_id, type, device_ts, received_at, occurred_at, resident_id,
      protocol, detail)
    select s."signalId", s."deviceId", s."messageId", s.type, s."deviceTs", s."receivedAt", s."occurredAt",
      device.resident_id, s.protocol, s.detail
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s("signalId" uuid, "deviceId" text, "messageId" text,
      type text, "deviceTs" timestamptz, "receivedAt" timestamptz, "occurredAt" timestamptz, protocol text,
      detail jsonb)
    join device on device.device_id = s."deviceId"
    on conflict do nothing
    returning signal_id, device_id, resident_id)
    select fresh.signal_id, fresh.resident_id, device.kind, device.model, device.role, device.room
    from fresh join device using (device_id)`.execute(tx)
  const rowOf = new Map(inserted.rows.map((row) => [row.signal_id, row]))
  return signals.flatMap((signal) => {
    const row = rowOf.get(signal.signalId)
    if (row === undefined) return []
    const { resident_id: residentId, signal_id: _, ...traits } = row
    return [{ ...signal, residentId, device: { deviceId: signal.deviceId, ...traits } }]
  })
}

interface Inserted extends Omit<DeviceTraits, 'deviceId'> {
  signal_id: string
  resident_id: string | null
}

/** Of signals that were not inserted: those that are other messages under a used id, and those without a device. */
async function sortRefused(
  tx: Tx,
  refused: readonly PendingSignal[],
): Promise<{ reused: PendingSignal[]; homeless: PendingSignal[] }> {
  const known = await tx
    .selectFrom('signal')
    .select(['device_id', 'message_id', 'type', 'device_ts'])
    .where('device_id', 'in', [...new Set(refused.map((signal) => signal.deviceId))])
    .where('message_id', 'in', [...new Set(refused.map((signal) => signal.messageId))])
    .execute()
  const knownBy = new Map(known.map((row) => [`${row.device_id}\n${row.message_id}`, row]))
  const reused: PendingSignal[] = []
  const homeless: PendingSignal[] = []
  for (const signal of refused) {
    const row = knownBy.get(`${signal.deviceId}\n${signal.messageId}`)
    if (!row) homeless.push(signal)
    else if (!isReplay({ type: row.type, deviceTs: row.device_ts?.getTime() ?? null }, signal)) {
      // The new id is made from the message alone: its own retry is a duplicate again.
      reused.push({ ...signal, messageId: `${signal.messageId}~${signal.type}~${signal.deviceTs ?? 'untimed'}` })
    }
  }
  return { reused, homeless }
}

function unregistered(signal: PendingSignal): PendingDeadLetter {
  const { signalId, deviceId, protocol, messageId, type, detail, receivedAt } = signal
  return {
    deadLetterId: signalId,
    deviceId,
    protocol,
    topic: '',
    reason: 'refused_by_database',
    explanation: 'The device is not registered any more.',
    payload: Buffer.from(JSON.stringify({ id: messageId, type, ...detail })),
    receivedAt,
  }
}

/** How much of an unreadable payload is kept, bytes. */
const KEPT_PAYLOAD = 65_536

/** Keeps what could not be read, with its reason. */
export async function storeDeadLetters(tx: Tx, letters: readonly PendingDeadLetter[]): Promise<void> {
  if (letters.length === 0) return
  await tx
    .insertInto('dead_letter')
    .values(
      letters.map((letter) => ({
        dead_letter_id: letter.deadLetterId,
        device_id: letter.deviceId,
        protocol: letter.protocol,
        topic: letter.topic.replaceAll('\0', '\uFFFD').toWellFormed(),
        reason: letter.reason,
        explanation: letter.explanation,
        payload: Buffer.from(letter.payload.subarray(0, KEPT_PAYLOAD)),
        bytes: letter.payload.byteLength,
        received_at: new Date(letter.receivedAt),
      })),
    )
    .onConflict((conflict) => conflict.column('dead_letter_id').doNothing())
    .execute()
}
