import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Firmware } from './firmware.ts'
import { query } from './sql.ts'

/** Owner's URL of the embedded PostgreSQL below a server's DATA_DIR, as the server itself keeps it. */
export async function embeddedUrl(dataDir: string): Promise<string> {
  const text = await readFile(join(dataDir, 'postgres/cluster/login.json'), 'utf8')
  const { user, password, database, port } = JSON.parse(text) as Record<string, string>
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`
}

/** What contradicts itself in the alarm record, one row per finding; empty when all is well. */
const CONTRADICTIONS = `
  with linked as (
    select alert.alert_id, alert.case_id, count(link.signal_id) as links
    from alert left join alert_signal link on link.alert_id = alert.alert_id and link.part = 'raised' group by 1, 2
  ), per_case as (
    select c.case_id, c.signal_count, c.version,
      (select coalesce(sum(links), 0) from linked where linked.case_id = c.case_id) as links,
      (select count(*) from case_log where case_log.case_id = c.case_id and action = 'signal') as log_lines,
      (select count(*) from case_log where case_log.case_id = c.case_id and action = 'opened') as openings,
      (select count(*) from outbox where outbox.case_id = c.case_id) as events
    from alarm_case c
  )
  select 'signal_count of an alert' as what, alert_id::text as id, format('%s, but %s links', signal_count, links) as detail
    from alert join linked using (alert_id) where signal_count <> links
  union all
  select 'counts of a case', case_id::text, to_jsonb(per_case)::text from per_case
    where signal_count <> links or log_lines > links or openings <> 1 or events <> version
  union all
  select 'alarm without an alert', signal_id::text, type from signal
    where type in ('sos', 'unreadable') and not exists (select from alert_signal link where link.signal_id = signal.signal_id)
  union all
  select 'signal under another device''s or resident''s alert', signal_id::text, signal.device_id
    from signal join alert_signal link using (signal_id) join alert using (alert_id) join alarm_case c using (case_id)
    where link.part = 'raised' and alert.device_id <> signal.device_id or c.resident_id is distinct from signal.resident_id
  union all
  select 'outbox with holes', null, format('%s rows, seq %s to %s, head %s', count(*), min(seq), max(seq), (select seq from outbox_head))
    from outbox having count(*) <> coalesce(max(seq), 0) or min(seq) <> 1 or max(seq) <> (select seq from outbox_head)
`

/** Ids of the stored signals of each device, as often as they are linked to an alert. One consistent look. */
async function storedPresses(url: string): Promise<Map<string, string[]>> {
  const rows = await query(
    url,
    `select signal.device_id, jsonb_agg(message_id order by message_id) as ids
     from signal join alert_signal using (signal_id) join alert using (alert_id)
     where part = 'raised' and alert.kind <> 'device_fault' group by 1`,
  )
  return new Map(rows.map((row) => [String(row.device_id), row.ids as string[]]))
}

/**
 * Holds devices' memories against the alarm record: every acknowledged press is exactly one signal in exactly one alert,
 * nothing is there twice and nothing that was not pressed, and the record does not contradict itself.
 * @param complete also every press that was ever made is there
 * @returns how many presses are stored
 */
export async function auditPresses(url: string, devices: readonly Firmware[], complete: boolean): Promise<number> {
  // Taken first: what is acknowledged by now must be found after.
  const acknowledged = new Map(devices.map((device) => [device.deviceId, device.acknowledged.map(({ id }) => id)]))
  const [stored, contradictions] = [await storedPresses(url), await query(url, CONTRADICTIONS)]
  const problems: string[] = []
  let count = 0
  for (const device of devices) {
    const ids = stored.get(device.deviceId) ?? []
    const known = new Set(ids)
    const made = new Set(device.messages.map(({ id }) => id))
    const lost = (complete ? [...made] : (acknowledged.get(device.deviceId) ?? [])).filter((id) => !known.has(id))
    const invented = ids.filter((id) => !made.has(id))
    if (lost.length > 0) problems.push(`${device.deviceId}: lost ${some(lost)}`)
    if (invented.length > 0) problems.push(`${device.deviceId}: never pressed ${some(invented)}`)
    if (known.size < ids.length) problems.push(`${device.deviceId}: ${ids.length - known.size} stored twice`)
    count += ids.length
  }
  expect(problems).toEqual([])
  expect(contradictions).toEqual([])
  return count
}

const some = (ids: readonly string[]): string => `${ids.length}: ${ids.slice(0, 5).join(' ')}`
