import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { createRandom, type Random } from '../../simulator/random.ts'
import { codeSubject } from '../care/file/details.ts'
import type { AvailabilityWindow } from '../contract/availability.ts'
import type { NoticeScope } from '../contract/case-file.ts'
import type { Database } from '../store/schema.ts'
import type { Sealer } from '../store/sealed.ts'
import { type Household, type InventedContact, inventHouseholds } from './households.ts'

/** What the invented residents' files say beyond the lists: notices, notes, hours of contacts, codes. */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const WORKDAYS = [1, 2, 3, 4, 5]

const RESIDENT_NOTICES = [
  '左耳听不到, 请到右侧大声说话',
  '只认识村医, 陌生人进门会惊慌, 先报网格员姓名',
  '亲属酒后有暴力倾向, 两人同行, 必要时请民警到场',
  '不识字, 不要让她看说明, 请口头讲',
  '装有心脏起搏器, 远离强磁设备',
]
const HOME_NOTICES = ['院内有狗, 进门前先打电话', '楼梯扶手松动, 抬担架走后门', '厨房用煤气罐, 进门先闻气味再开灯']
const NOTES: readonly { text: string; hours: number }[] = [
  { text: '本周住女儿家, 家里没有人', hours: 100 },
  { text: '电梯检修, 走北侧楼梯', hours: 30 },
  { text: '刚出院, 伤口未拆线, 勿扶左侧腰部', hours: 160 },
  { text: '村口修路, 救护车从学校后门进', hours: 60 },
]

export interface InventedFile {
  notices: { scope: NoticeScope; text: string }[]
  notes: { text: string; hours: number }[]
  /** By the contact's position, from 1. */
  hours: { position: number; windows: AvailabilityWindow[]; awayDays: number }[]
  code: string | null
}

/** The same household has the same file. Pure. */
export function inventFile(random: Random, { access, contacts }: Pick<Household, 'access' | 'contacts'>): InventedFile {
  const notices: InventedFile['notices'] = []
  if (random.chance(0.4)) notices.push({ scope: 'resident', text: random.pick(RESIDENT_NOTICES) })
  if (random.chance(0.3)) notices.push({ scope: 'home', text: random.pick(HOME_NOTICES) })
  const notes = random.chance(0.35) ? [random.pick(NOTES)] : []
  const locked = access !== null && (access.includes('密码钥匙盒') || access.includes('智能门锁'))
  return {
    notices,
    notes,
    hours: contacts.map((contact, index) => ({ position: index + 1, ...hoursOf(random, contact) })),
    code: locked ? String(random.integer(1000, 9999)) : null,
  }
}

function hoursOf(
  random: Random,
  { relation, note }: InventedContact,
): { windows: AvailabilityWindow[]; awayDays: number } {
  const windows = (days: number[], from: string, to: string) => ({ windows: [{ days, from, to }], awayDays: 0 })
  if (relation === '老伴') return windows(EVERY_DAY, '00:00', '00:00')
  if (relation === '网格员') return windows(WORKDAYS, '08:00', '18:00')
  if (relation === '村医' || relation === '社区医生') return windows(EVERY_DAY, '07:30', '20:30')
  if (relation === '邻居')
    return random.chance(0.2) ? { windows: [], awayDays: 5 } : windows(EVERY_DAY, '06:00', '22:00')
  // Shifts in a factory: after work, over midnight.
  if (note?.includes('务工')) return windows(EVERY_DAY, '18:30', '01:00')
  return random.chance(0.5) ? { windows: [], awayDays: 0 } : windows(EVERY_DAY, '07:00', '23:00')
}

/** Puts the invented files into a new demonstration city. Without any account nobody could have written them. */
export async function seedFiles(
  db: Kysely<Database>,
  { homes, seed, now, sealer }: { homes: number; seed: number; now: number; sealer: Sealer },
): Promise<void> {
  const author = await db.selectFrom('app_user').select('user_id').orderBy('created_at').limit(1).executeTakeFirst()
  if (author === undefined) return
  const written = { created_at: new Date(now), created_by: author.user_id }
  await db.transaction().execute(async (tx) => {
    for (const [index, household] of inventHouseholds(homes, seed, now).entries()) {
      const { homeId, residentId } = household
      const file = inventFile(createRandom(`${seed}/file/${index}`), household)
      for (const { scope, text } of file.notices) {
        const of =
          scope === 'home' ? { home_id: homeId, resident_id: null } : { home_id: null, resident_id: residentId }
        await tx
          .insertInto('resident_notice')
          .values({ notice_id: uuidv7(), ...of, text, ...written })
          .execute()
      }
      for (const { text, hours } of file.notes) {
        const until_at = new Date(now + hours * HOUR_MS)
        await tx
          .insertInto('resident_note')
          .values({ note_id: uuidv7(), resident_id: residentId, text, until_at, ...written })
          .execute()
      }
      for (const { position, windows, awayDays } of file.hours) {
        await tx
          .updateTable('contact')
          .set({
            windows: JSON.stringify(windows),
            away_until: awayDays === 0 ? null : new Date(now + awayDays * DAY_MS),
          })
          .where('resident_id', '=', residentId)
          .where('position', '=', position)
          .execute()
      }
      if (file.code === null) continue
      const sealed = sealer.seal({ code: file.code }, codeSubject(homeId))
      await tx
        .insertInto('home_code')
        .values({ home_id: homeId, sealed, changed_at: written.created_at, changed_by: author.user_id })
        .execute()
    }
  })
}
