import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import data from './data/divisions.json' with { type: 'json' }

export interface Division {
  /** 4 digits for the city, 6 for a county, 9 for a town; a parent's code is the beginning of its children's. */
  code: string
  name: string
  level: 'city' | 'county' | 'town'
  parentCode: string | null
}

/** Shangrao, its counties and their towns; parents before children. */
export const DIVISIONS: readonly Division[] = [
  { code: data.code, name: data.name, level: 'city', parentCode: null },
  ...data.counties.flatMap((county): Division[] => [
    { code: county.code, name: county.name, level: 'county', parentCode: data.code },
    ...Object.entries(county.towns).map(
      ([code, name]): Division => ({ code, name, level: 'town', parentCode: county.code }),
    ),
  ]),
]

/** Puts the divisions into the database. What is there already stays as it is: an administrator may have renamed it. */
export async function seedDivisions(db: Kysely<Database>): Promise<void> {
  const rows = DIVISIONS.map(({ code, name, level, parentCode }) => ({ code, name, level, parent_code: parentCode }))
  await db
    .insertInto('division')
    .values(rows)
    .onConflict((conflict) => conflict.column('code').doNothing())
    .execute()
}
