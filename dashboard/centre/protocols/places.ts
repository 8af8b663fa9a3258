import type { TFunction } from 'i18next'
import type { ProtocolContent } from '../../../server/contract/protocol.ts'
import { zhCN } from '../../i18n/zh-CN.ts'

const NAMES = zhCN.protocols.check.place
const isName = (part: string): part is keyof typeof NAMES => part in NAMES

/** `第 3 步 call · 答案 2 · 文字 · 英文`: a place as faults name it, for people. */
export function placeText(place: string, content: ProtocolContent, t: TFunction): string {
  const parts = place.split('.')
  const named: string[] = []
  for (let n = 0; n < parts.length; n++) {
    const [part = '', number] = [parts[n], Number(parts[n + 1])]
    if ((part === 'steps' || part === 'answers') && Number.isInteger(number)) {
      const name =
        part === 'steps' ? t('protocols.form.stepN', { n: number + 1 }) : t('protocols.form.answerN', { n: number + 1 })
      named.push(part === 'steps' ? `${name} ${content.steps[number]?.id ?? ''}` : name)
      n++
    } else if (isName(part)) named.push(t(`protocols.check.place.${part}`))
  }
  return named.join(' · ')
}

/** The step that a fault lies in; null: in none. */
export function stepOfPlace(place: string): number | null {
  const found = /^steps\.(\d+)/.exec(place)
  return found === null ? null : Number(found[1])
}
