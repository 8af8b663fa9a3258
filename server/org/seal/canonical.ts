import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { SealSource } from '../../contract/audit.ts'

/**
 * What is hashed, byte for byte; docs/adr/0027 documents it. A form that was in use is never changed: a new one would
 * get a name of its own in the seal's header.
 */

export const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What stands before the first seal. */
export const GENESIS = sha256('anhu-seal-1 genesis')

const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`

/** A row's id, and the JSON array of its other fields as PostgreSQL writes jsonb: keys sorted, times in microseconds. */
const ROWS: Record<SealSource, { id: string; time: string; fields: readonly string[] }> = {
  audit: { id: 'audit_id', time: 'at', fields: [micros('at'), 'user_id', 'action', 'subject', 'detail'] },
  case_log: {
    id: 'log_id',
    time: 'at',
    fields: ['case_id', micros('at'), 'action', 'actor_id', 'from_state', 'to_state', 'version', 'detail'],
  },
  signal: {
    id: 'signal_id',
    time: 'received_at',
    fields: [
      'device_id',
      'message_id',
      'type',
      micros('device_ts'),
      micros('received_at'),
      micros('occurred_at'),
      'resident_id',
      'protocol',
      'detail',
    ],
  },
}

export const idOf = (source: SealSource): RawBuilder<unknown> => sql.raw(ROWS[source].id)
export const timeOf = (source: SealSource): RawBuilder<unknown> => sql.raw(ROWS[source].time)

/** SQL: `{id, full, print}` of each row; `full` is SHA-256 over id, a blank and the fields, `print` four bytes of the fields'. */
export function hashed(source: SealSource): RawBuilder<unknown> {
  const { id, fields } = ROWS[source]
  const content = `jsonb_build_array(${fields.join(', ')})::text`
  return sql.raw(`${id}::text as id, sha256(convert_to(${id}::text || ' ' || ${content}, 'UTF8')) as full_hash,
    substr(sha256(convert_to(${content}, 'UTF8')), 1, 4) as print`)
}

export interface Seal {
  sealNo: number
  hash: Buffer
  sealedAt: Date
}

export interface SealPart {
  source: SealSource
  rows: number
  /** SHA-256 over the rows' hashes, one after the other, in the order of (written_in, id). */
  hash: Buffer
  prints: Buffer
}

export interface SealHeader {
  sealNo: number
  sealedAt: Date
  fromTx: number
  toTx: number
  /** By name of the source. */
  parts: readonly SealPart[]
  previous: Buffer
}

/** The seal's own hash: its header as text, with the hash of the seal before it. */
export function sealHash({ sealNo, sealedAt, fromTx, toTx, parts, previous }: SealHeader): Buffer {
  const words = [...parts]
    .sort((a, b) => (a.source < b.source ? -1 : 1))
    .map(
      ({ source, rows, hash, prints }) => `${source}:${rows}:${hash.toString('hex')}:${sha256(prints).toString('hex')}`,
    )
  const head = ['anhu-seal-1', sealNo, sealedAt.getTime(), fromTx, toTx]
  return sha256([...head, ...words, previous.toString('hex')].join(' '))
}
