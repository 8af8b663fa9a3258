import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { openStore, type Store } from '../../server/store/db.ts'
import { sqlState } from '../../server/store/sql-errors.ts'
import { query, TEMPLATE } from './sql.ts'

export interface TestDatabase {
  /** The owner's URL. */
  url: string
  /** Under the application's role. */
  store: Store
  drop(): Promise<void>
}

/** A migrated database of one test file's own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await query(admin, `create database ${name} template ${TEMPLATE}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  const store = openStore({ url: url.href, as: 'app', onError: () => undefined })
  return {
    url: url.href,
    store,
    drop: async () => {
      await store.close()
      await dropDatabase(admin, name)
    },
  }
}

/** PostgreSQL's own workers (autovacuum) belong to its superuser and can't be ended by us: they end soon by themselves. */
async function dropDatabase(admin: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await query(admin, `drop database ${name} with (force)`)
      return
    } catch (error) {
      if (sqlState(error) !== '42501' || attempt === 20) throw error
      await sleep(250)
    }
  }
}
