import { type Migration, Migrator } from 'kysely'
import { alignSeals } from './align-seals.ts'
import { openStore } from './db.ts'
import { foundationMigration } from './migrations/0001-foundation.ts'
import { telemetryMigration } from './migrations/0002-telemetry.ts'
import { realDevicesMigration } from './migrations/0003-real-devices.ts'
import { bridgeLeaseMigration } from './migrations/0004-bridge-lease.ts'
import { residentSearchMigration } from './migrations/0005-resident-search.ts'
import { detectionMigration } from './migrations/0006-detection.ts'
import { supervisionMigration } from './migrations/0007-supervision.ts'
import { statisticsMigration } from './migrations/0008-statistics.ts'
import { rolesMigration } from './migrations/0009-roles.ts'
import { deskMigration } from './migrations/0010-desk.ts'
import { watchMigration } from './migrations/0011-watch.ts'
import { caseFileMigration } from './migrations/0012-case-file.ts'
import { protocolsMigration } from './migrations/0013-protocols.ts'
import { escalationMigration } from './migrations/0014-escalation.ts'
import { shiftsMigration } from './migrations/0015-shifts.ts'
import { voiceMigration } from './migrations/0016-voice.ts'
import { auditMigration } from './migrations/0018-audit.ts'
import { drillsMigration } from './migrations/0019-drills.ts'
import { stateAsTextMigration } from './migrations/0020-state-as-text.ts'
import { qualityMigration } from './migrations/0021-quality.ts'
import { searchMigration } from './migrations/0022-search.ts'
import { messageLanguageMigration } from './migrations/0023-message-language.ts'
import { secondAskedMigration } from './migrations/0024-second-asked.ts'

/** In order; a migration that has been released is never changed, the next one mends it. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-foundation': foundationMigration,
  '0002-telemetry': telemetryMigration,
  '0003-real-devices': realDevicesMigration,
  '0004-bridge-lease': bridgeLeaseMigration,
  '0005-resident-search': residentSearchMigration,
  '0006-detection': detectionMigration,
  '0007-supervision': supervisionMigration,
  '0008-statistics': statisticsMigration,
  '0009-roles': rolesMigration,
  '0010-desk': deskMigration,
  '0011-watch': watchMigration,
  '0012-case-file': caseFileMigration,
  '0013-protocols': protocolsMigration,
  '0014-escalation': escalationMigration,
  '0015-shifts': shiftsMigration,
  '0016-voice': voiceMigration,
  '0018-audit': auditMigration,
  '0019-drills': drillsMigration,
  '0020-state-as-text': stateAsTextMigration,
  '0021-quality': qualityMigration,
  '0022-search': searchMigration,
  '0023-message-language': messageLanguageMigration,
  '0024-second-asked': secondAskedMigration,
}

/**
 * Brings the database to the newest schema, all or nothing, under Kysely's lock: several nodes may start at once.
 * @param url the owner's connection (it needs CREATEROLE the first time)
 * @returns the names of the migrations that were carried out
 */
export async function migrate(url: string, onError: (error: Error) => void): Promise<string[]> {
  const store = openStore({ url, as: 'owner', max: 2, onError })
  try {
    const migrator = new Migrator({ db: store.db, provider: { getMigrations: async () => MIGRATIONS } })
    const { error, results } = await migrator.migrateToLatest()
    if (error) throw error
    await alignSeals(store.db)
    return (results ?? []).map((result) => result.migrationName)
  } finally {
    await store.close()
  }
}
