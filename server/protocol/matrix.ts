import { type Kysely, sql } from 'kysely'
import { ALERT_KINDS, type AlertKind } from '../contract/kinds.ts'
import { type ProtocolCell, type ProtocolList, RISK_LEVELS, type RiskLevel, type Words } from '../contract/protocol.ts'
import type { Database } from '../store/schema.ts'
import { newestPublished } from './versions.ts'

type Db = Kysely<Database>

interface Candidate {
  version: number
  protocol_id: string
  kinds: AlertKind[]
  risks: RiskLevel[]
  user_id: string | null
}

/** Which protocol serves which kind at which risk, as new cases get it. */
export async function protocolCells(db: Db, now: number): Promise<ProtocolCell[]> {
  const { rows } = await sql<Candidate>`${newestPublished(now)}`.execute(db)
  // As in `versionFor`: published here before delivered, then the newest.
  const ranked = [...rows].sort(
    (a, b) => Number(b.user_id !== null) - Number(a.user_id !== null) || b.version - a.version,
  )
  return ALERT_KINDS.flatMap((kind) =>
    RISK_LEVELS.map((risk) => ({
      kind,
      risk,
      protocolId: ranked.find((row) => row.kinds.includes(kind) && row.risks.includes(risk))?.protocol_id ?? null,
    })),
  )
}

interface ListRow {
  protocol_id: string
  title: Words
  number: number | null
  published_at: Date | null
  published_by: string | null
  draft: boolean
}

/** All protocols by title, and the matrix. */
export async function listProtocols(db: Db, now: number): Promise<ProtocolList> {
  const [cells, { rows }] = await Promise.all([
    protocolCells(db, now),
    sql<ListRow>`
      select newest.protocol_id, newest.content -> 'title' as title, published.number, published.at as published_at,
        app_user.display_name as published_by, newest.state = 'draft' as draft
      from (select distinct on (protocol_id) protocol_id, state, content from protocol_version
        order by protocol_id, version desc) newest
      left join (select distinct on (protocol_id) protocol_id, number, at, user_id from protocol_version
        where state = 'published' order by protocol_id, version desc) published using (protocol_id)
      left join app_user on app_user.user_id = published.user_id
      order by newest.protocol_id`.execute(db),
  ])
  const items = rows.map((row) => ({
    protocolId: row.protocol_id,
    title: row.title,
    number: row.number,
    publishedAt: row.published_at?.toISOString() ?? null,
    publishedBy: row.published_by,
    draft: row.draft,
    cells: cells.filter((cell) => cell.protocolId === row.protocol_id).length,
  }))
  return { items, cells }
}
