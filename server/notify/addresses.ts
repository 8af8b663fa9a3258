import { type Kysely, sql, type Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { Language } from '../contract/explain/template.ts'
import type { AddressBody, Addresses, GroupAddress, GroupBody, UserAddress } from '../contract/notify.ts'
import type { Database } from '../store/schema.ts'

/** Where users and groups can be reached. @param work who is at work, by user */
export async function listAddresses(
  db: Kysely<Database>,
  work: ReadonlyMap<string, { onDuty: boolean }>,
): Promise<Addresses> {
  const { rows: users } = await sql<Omit<UserAddress, 'onDuty'>>`
    select u.user_id as "userId", u.display_name as "displayName", u.role, a.email, a.phone,
      coalesce(a.language, 'zh-CN') as language
    from app_user u left join user_address a using (user_id) where u.enabled order by u.username`.execute(db)
  const { rows: groups } = await sql<GroupAddress>`
    select group_id as "groupId", name, email, phone, language from responder_group order by name`.execute(db)
  return { users: users.map((one) => ({ ...one, onDuty: work.get(one.userId)?.onDuty ?? false })), groups }
}

/** @throws DomainError not_found */
export async function writeUserAddress(
  tx: Transaction<Database>,
  userId: string,
  { email, phone, language }: AddressBody,
  by: { userId: string; now: number },
): Promise<void> {
  const known = await tx.selectFrom('app_user').select('user_id').where('user_id', '=', userId).executeTakeFirst()
  if (known === undefined) throw new DomainError('not_found', 'There is no such account.')
  const row = { email, phone, ...spoken(language), changed_at: new Date(by.now), changed_by: by.userId }
  await tx
    .insertInto('user_address')
    .values({ user_id: userId, ...row })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
    .execute()
}

/** Makes or changes a group of responders. */
export async function writeGroup(
  tx: Transaction<Database>,
  groupId: string,
  { name, email, phone, language }: GroupBody,
  by: { userId: string; now: number },
): Promise<void> {
  const row = {
    name: name.trim(),
    email,
    phone,
    ...spoken(language),
    changed_at: new Date(by.now),
    changed_by: by.userId,
  }
  await tx
    .insertInto('responder_group')
    .values({ group_id: groupId, ...row })
    .onConflict((conflict) => conflict.column('group_id').doUpdateSet(row))
    .execute()
}

/** Without a language it stays as it is. */
const spoken = (language: Language | undefined) => (language === undefined ? {} : { language })
