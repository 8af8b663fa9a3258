import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { openStore, type Store } from '../../server/store/db.ts'
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
      await query(admin, `drop database ${name} with (force)`)
    },
  }
}
