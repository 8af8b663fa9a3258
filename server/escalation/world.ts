import { type Kysely, sql } from 'kysely'
import type { NotifyChannel } from '../contract/notify.ts'
import type { Database } from '../store/schema.ts'
import { atWork } from './duty.ts'
import type { Group, Person, World } from './recipients.ts'

/** Reads who could be told at this moment. */
export async function readWorld(
  db: Kysely<Database>,
  channels: Readonly<Record<NotifyChannel, boolean>>,
  now: number,
): Promise<World> {
  const work = await atWork(db, now)
  const { rows: people } = await sql<Omit<Person, 'onDuty' | 'atDesk'>>`
    select u.user_id as "userId", u.display_name as "displayName", u.role, a.email is not null as email,
      a.phone is not null as phone
    from app_user u left join user_address a using (user_id)
    where u.enabled order by u.username`.execute(db)
  const { rows: groups } = await sql<Group>`
    select group_id as "groupId", name, email is not null as email, phone is not null as phone
    from responder_group order by name`.execute(db)
  return { people: people.map((one) => ({ ...one, ...(work.get(one.userId) ?? NOBODY) })), groups, channels }
}

const NOBODY = { onDuty: false, atDesk: false }
