import type { AlertKind } from '../contract/case.ts'
import type { Language } from '../contract/explain/template.ts'
import type { RecipientKind } from '../contract/notify.ts'
import { TERMS } from '../contract/terms.ts'

/** What is known of a case where a message about it is written. */
export interface Told {
  caseId: string
  kind: AlertKind
  place: string | null
  /** For contacts only: who else should they think of. */
  surname: string | null
  waitedSeconds: number
}

interface Text {
  subject: string
  text: string
}
/** What both kinds of message are made of. */
interface Parts {
  what: string
  minutes: number
  number: string
  where: string | null
  surname: string | null
}
interface Words {
  /** As pages say it; a message stands alone and needs a little more. */
  kinds: Record<AlertKind, string>
  toContact(parts: Parts): Text
  toStaff(parts: Parts): Text
}

const zh: Words = {
  kinds: { ...TERMS['zh-CN'].kind, co: '一氧化碳报警', general: '报警', offline: '设备失联' },
  toContact: ({ what, minutes, surname }) => ({
    subject: `安护：${what}`,
    text: `这里是安护呼叫中心。您关心的${surname === null ? '' : `${surname}姓`}老人于 ${minutes} 分钟前发出${what}，中心正在处理，请您尽快联系或前往查看。由您负责请按 1。`,
  }),
  toStaff: ({ what, minutes, number, where }) => ({
    subject: `安护 ${number}：${what}，${minutes} 分钟无人处理`,
    text: `安护警情 ${number}：${what}，${where ?? '地点未登记'}，已 ${minutes} 分钟无人处理。请立即进入呼叫中心接警。电话中由您负责请按 1。`,
  }),
}

const en: Words = {
  kinds: {
    ...TERMS.en.kind,
    general: 'Alarm',
    fall: 'Fall alarm',
    smoke: 'Smoke alarm',
    offline: 'Device out of contact',
  },
  toContact: ({ what, minutes, surname }) => ({
    subject: `Anhu: ${what}`,
    text: `This is the Anhu call centre. ${what}, ${minutes} min ago, from the person you care for${surname === null ? '' : ` (surname ${surname})`}. We are dealing with it; please call or go there as soon as you can. Press 1 to take responsibility.`,
  }),
  toStaff: ({ what, minutes, number, where }) => ({
    subject: `Anhu ${number}: ${what}, ${minutes} min without answer`,
    text: `Anhu case ${number}: ${what}, ${where ?? 'place not recorded'}, ${minutes} min without answer. Go to the call centre and take it now. On the phone, press 1 to take responsibility.`,
  }),
}

const WORDS: Record<Language, Words> = { 'zh-CN': zh, en }

/** The last six characters of the id, as the console shows a case's number. */
const numberOf = (caseId: string): string => caseId.replaceAll('-', '').slice(-6).toUpperCase()

/**
 * The words of a message: what, where and for how long, and the number under which the console finds the rest. A contact is
 * told the surname of whom it is about; nobody is told more by a way that others can listen to.
 */
export function textOf(told: Told, kind: RecipientKind, language: Language): Text {
  const words = WORDS[language]
  const parts = {
    what: words.kinds[told.kind],
    minutes: Math.max(1, Math.round(told.waitedSeconds / 60)),
    number: numberOf(told.caseId),
    where: told.place,
    surname: told.surname,
  }
  return kind === 'contact' ? words.toContact(parts) : words.toStaff(parts)
}
