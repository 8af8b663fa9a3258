import type { TFunction } from 'i18next'
import type { ProtocolAnswer, ProtocolContent } from '../../../server/contract/protocol.ts'
import type { Compared, Difference } from './compare.ts'
import { placeText } from './places.ts'

/** `第 5 步`; '' for a step that is not there. */
export function stepName(content: ProtocolContent, stepId: string | null, t: TFunction): string {
  const n = content.steps.findIndex(({ id }) => id === stepId)
  return n < 0 ? '' : t('protocols.form.stepN', { n: n + 1 })
}

/** What follows from an answer: `第 5 步 · 派遣 · 联系上了`. */
export function followsText({ next, action, contact }: ProtocolAnswer, content: ProtocolContent, t: TFunction): string {
  const parts = [
    action?.type === 'resolve' ? t(`outcome.${action.outcome}`) : stepName(content, next, t) || '？',
    action !== null && action.type !== 'resolve' ? t(`protocol.does.${action.type}`) : '',
    contact === null ? '' : t(contact === 'made' ? 'protocols.form.contactMade' : 'protocols.form.contactNo'),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** Where a difference lies: `第 3 步 call · 答案 2`. @param content the one that the step stands in */
export function differencePlace({ stepId, what }: Difference, content: ProtocolContent, t: TFunction): string {
  const at = content.steps.findIndex(({ id }) => id === stepId)
  return placeText([...(at < 0 ? [] : ['steps', at]), ...(what === '' ? [] : [what])].join('.'), content, t)
}

/** One side of a difference in words. @param content the one it is of */
export function comparedText({ what }: Difference, value: Compared, content: ProtocolContent, t: TFunction): string {
  if (value === null) return ''
  if (typeof value === 'string')
    return what === 'first' ? stepName(content, value, t) : t(`protocols.type.${value}` as never)
  if (Array.isArray(value)) {
    return value.map((code) => t((what === 'kinds' ? `kind.${code}` : `protocols.risk.${code}`) as never)).join('、')
  }
  const texts = 'label' in value ? value.label : (value as Record<string, string>)
  const both = Object.values(texts).join(' / ')
  return 'label' in value ? `${both} → ${followsText(value, content, t)}` : both
}
