import pg from 'pg'

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'anhu_template'

/** One statement as the owner. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text, values)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}
