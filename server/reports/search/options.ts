import type { Kysely } from 'kysely'
import type { CaseSearchOptions } from '../../contract/case-search.ts'
import type { Database } from '../../store/schema.ts'

/** Whom and which areas one can search by: also those who have left, since their cases have not. */
export async function searchOptions(db: Kysely<Database>): Promise<CaseSearchOptions> {
  const [people, areas] = await Promise.all([
    db
      .selectFrom('app_user')
      .select(['user_id as userId', 'display_name as displayName'])
      .where('service', '=', false)
      .orderBy('display_name')
      .execute(),
    db.selectFrom('division').select(['code', 'name', 'level', 'parent_code as parentCode']).orderBy('code').execute(),
  ])
  return { people, areas }
}
