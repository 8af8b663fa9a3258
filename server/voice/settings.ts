import type { Kysely, Transaction } from 'kysely'
import type { VoiceSettings } from '../contract/voice.ts'
import type { Database } from '../store/schema.ts'

/** Nothing is recorded until an administrator has decided so. */
const DEFAULTS: VoiceSettings = { recording: 'off', retentionDays: 180 }

/** The city's newest settings. */
export async function voiceSettings(db: Kysely<Database> | Transaction<Database>): Promise<VoiceSettings> {
  const row = await db
    .selectFrom('voice_setting')
    .select(['recording', 'retention_days'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? DEFAULTS : { recording: row.recording, retentionDays: row.retention_days }
}

/** Writes new ones beside the old, which stay to be read. */
export async function writeVoiceSettings(
  tx: Transaction<Database>,
  { recording, retentionDays }: VoiceSettings,
  by: { userId: string; now: number },
): Promise<void> {
  await tx
    .insertInto('voice_setting')
    .values({ recording, retention_days: retentionDays, at: new Date(by.now), user_id: by.userId })
    .execute()
}
