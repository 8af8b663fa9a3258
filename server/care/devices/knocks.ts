import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { LORAWAN_PROTOCOLS, TCP_PROTOCOLS } from '../../contract/device.ts'
import type { DiscoveredDevice, Knock } from '../../contract/ports.ts'
import type { Database } from '../../store/schema.ts'
import { isRefusal } from '../../store/sql-errors.ts'
import { anyOf } from './insert.ts'

/** Devices that nobody has registered, gathered in memory and written once a second. */
export interface Knocks {
  /** Never throws. */
  knocked(knock: Knock): void
  flush(): Promise<void>
}

/** Strangers in memory at once; more are not remembered until these are written. */
const MAX_WAITING = 5_000
/** Strangers kept per hub (and of those without one): whoever can invent addresses must not fill the disk. */
const MAX_KEPT = 5_000
const ROWS_AT_ONCE = 500
const MAX_PAYLOAD_BYTES = 2_000
const MAX_ADDRESS = 128
const MAX_TEXT = 200

interface Waiting {
  /** '' for a device that connected by itself. */
  hubId: string
  protocol: string
  address: string
  device: DiscoveredDevice | null
  /** Hex. */
  payload: string
  firstAt: number
  lastAt: number
  /** Heard of itself; 0 when it has only been told of. */
  messages: number
}

export function createKnocks(db: Kysely<Database>, log: Logger): Knocks {
  let waiting = new Map<string, Waiting>()
  let forgotten = 0

  function remember(knock: Waiting): void {
    const key = `${knock.hubId}\n${knock.protocol}\n${knock.address}`
    const known = waiting.get(key)
    if (known === undefined && waiting.size >= MAX_WAITING) forgotten++
    else waiting.set(key, known === undefined ? knock : merged(known, knock))
  }

  return {
    knocked: (knock) => remember(waitingOf(knock)),
    flush: async () => {
      if (forgotten > 0) log.warn({ forgotten }, 'more unknown devices than are remembered')
      forgotten = 0
      const batch = [...waiting.values()]
      waiting = new Map()
      let written = 0
      try {
        for (; written < batch.length; written += ROWS_AT_ONCE) {
          await writeWhatCanBe(db, batch.slice(written, written + ROWS_AT_ONCE), log)
        }
      } catch (error) {
        log.warn({ err: error, devices: batch.length - written }, 'unknown devices not written, trying again')
        const since = [...waiting.values()]
        waiting = new Map()
        for (const knock of [...batch.slice(written), ...since]) remember(knock)
      }
    },
  }
}

/** What the database refuses, it would refuse for ever: then the others go in one by one. */
async function writeWhatCanBe(db: Kysely<Database>, batch: readonly Waiting[], log: Logger): Promise<void> {
  try {
    await write(db, batch)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const [only] = batch
    if (batch.length > 1) for (const knock of batch) await writeWhatCanBe(db, [knock], log)
    else log.error({ err: error, hubId: only?.hubId, protocol: only?.protocol }, 'unknown device not written')
  }
}

function waitingOf({ hubId, protocol, address, device, payload, at, announced }: Knock): Waiting {
  return {
    hubId: hubId ?? '',
    protocol,
    address: storable(LORAWAN_PROTOCOLS.includes(protocol) ? address.toLowerCase() : address, MAX_ADDRESS),
    device,
    payload: Buffer.from(payload.subarray(0, MAX_PAYLOAD_BYTES)).toString('hex'),
    firstAt: at,
    lastAt: at,
    messages: announced ? 0 : 1,
  }
}

/** The newest message stays; one of the device's own counts more than what was told of it. */
function merged(a: Waiting, b: Waiting): Waiting {
  const [older, newer] = a.lastAt <= b.lastAt ? [a, b] : [b, a]
  const shown = newer.messages > 0 || older.messages === 0 ? newer : older
  return {
    ...newer,
    device: newer.device ?? older.device,
    payload: shown.payload,
    lastAt: shown.lastAt,
    firstAt: Math.min(a.firstAt, b.firstAt),
    messages: a.messages + b.messages,
  }
}

/** PostgreSQL takes no NUL and no half of a surrogate pair. */
const storable = (value: string, max: number): string =>
  value.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, max).toWellFormed()

async function write(db: Kysely<Database>, batch: readonly Waiting[]): Promise<void> {
  const rows = batch.map(({ device, firstAt, lastAt, ...knock }) => ({
    ...knock,
    id: uuidv7(),
    model: told(device?.model),
    vendor: told(device?.vendor),
    description: told(device?.description),
    kind: told(device?.kind),
    role: told(device?.role),
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
  }))
  await sql`
    with knock as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as k(id uuid, "hubId" text, protocol text,
        address text, model text, vendor text, description text, kind text, role text, "firstAt" timestamptz,
        "lastAt" timestamptz, messages bigint, payload text)
    ), kept as (
      select hub_id, count(*) as n from unknown_device
      where hub_id in (select "hubId" from knock) and adopted_as is null group by hub_id
    )
    insert into unknown_device as old (knock_id, hub_id, protocol, address, model, vendor, description,
      suggested_kind, suggested_role, first_seen_at, last_seen_at, messages, last_payload)
    select k.id, k."hubId", k.protocol, k.address, k.model, k.vendor, k.description, coalesce(k.kind, 'other'), k.role,
      k."firstAt", k."lastAt", k.messages, decode(k.payload, 'hex')
    from knock k left join kept on kept.hub_id = k."hubId"
    where not ${registeredSince}
      and (coalesce(kept.n, 0) < ${MAX_KEPT}::int or exists (select from unknown_device u
        where u.hub_id = k."hubId" and u.protocol = k.protocol and u.address = k.address))
    order by k."hubId", k.protocol, k.address
    on conflict (hub_id, protocol, address) do update set
      model = coalesce(excluded.model, old.model),
      vendor = coalesce(excluded.vendor, old.vendor),
      description = coalesce(excluded.description, old.description),
      suggested_kind = case when excluded.suggested_kind = 'other' then old.suggested_kind else excluded.suggested_kind end,
      suggested_role = coalesce(excluded.suggested_role, old.suggested_role),
      messages = old.messages + excluded.messages,
      last_seen_at = case when excluded.messages > 0 or old.messages = 0
        then greatest(old.last_seen_at, excluded.last_seen_at) else old.last_seen_at end,
      last_payload = case when excluded.messages > 0 or old.messages = 0
        then excluded.last_payload else old.last_payload end,
      -- It was adopted, and that device is no more: a stranger again.
      adopted_as = null`.execute(db)
}

const told = (value: string | null | undefined): string | null =>
  value === null || value === undefined ? null : storable(value, MAX_TEXT)

/** As the gateway finds devices, see `byAddress` of the directory; three questions, since each has an index of its own. */
const registeredSince = sql`(
  exists (select from device d
    where d.hub_id = k."hubId" and d.address = k.address and d.lifecycle <> 'retired')
  or k.protocol = ${anyOf(TCP_PROTOCOLS)} and exists (select from device d
    where d.hub_id is null and d.protocol = k.protocol and d.address = k.address and d.lifecycle <> 'retired')
  or k.protocol = ${anyOf(LORAWAN_PROTOCOLS)} and exists (select from device d
    where d.hub_id is null and d.protocol = ${anyOf(LORAWAN_PROTOCOLS)} and d.address = k.address
      and d.lifecycle <> 'retired'))`
