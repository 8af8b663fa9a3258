import type { AlertKind } from '../contract/case.ts'
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

/** As pages say it; a message stands alone and needs a little more. */
const KINDS: Record<AlertKind, string> = {
  ...TERMS['zh-CN'].kind,
  co: '一氧化碳报警',
  general: '报警',
  offline: '设备失联',
}

/** The last six characters of the id, as the console shows a case's number. */
const numberOf = (caseId: string): string => caseId.replaceAll('-', '').slice(-6).toUpperCase()

/**
 * The words of a message: what, where and for how long, and the number under which the console finds the rest. A contact is
 * told the surname of whom it is about; nobody is told more by a way that others can listen to.
 */
export function textOf(told: Told, kind: RecipientKind): { subject: string; text: string } {
  const what = KINDS[told.kind]
  const minutes = Math.max(1, Math.round(told.waitedSeconds / 60))
  const number = numberOf(told.caseId)
  if (kind === 'contact') {
    const who = told.surname === null ? '您关心的老人' : `您关心的${told.surname}姓老人`
    return {
      subject: `安护：${what}`,
      text: `这里是安护呼叫中心。${who}于 ${minutes} 分钟前发出${what}，中心正在处理，请您尽快联系或前往查看。由您负责请按 1。`,
    }
  }
  const where = told.place ?? '地点未登记'
  return {
    subject: `安护 ${number}：${what}，${minutes} 分钟无人处理`,
    text: `安护警情 ${number}：${what}，${where}，已 ${minutes} 分钟无人处理。请立即进入呼叫中心接警。电话中由您负责请按 1。`,
  }
}
