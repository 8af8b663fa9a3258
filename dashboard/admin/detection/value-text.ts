import type { TFunction } from 'i18next'
import type { Language } from '../../ui/formats.ts'
import type { Fault, Value } from './draft.ts'
import { amountIn, unitFor } from './duration.ts'
import { type Field, type FieldPath, fieldAt } from './fields.ts'

/** Settings in words, in the reader's language. */
type T = TFunction

export const labelOf = (path: FieldPath, t: T): string => t(`detection.field.${path}.label`)
export const hintOf = (path: FieldPath, t: T): string => t(`detection.field.${path}.hint`)

/** `20 秒`, `85 %`, `开`, `不限`, `家 (500 m)`. */
export function valueText(field: Field, value: Value | undefined, t: T): string {
  if (value === undefined) return t('detection.save.inherited')
  if (value === null) return t('detection.noLimit')
  if (typeof value === 'boolean') return t(value ? 'detection.on' : 'detection.off')
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return value.map(({ name }) => name).join(', ') || '—'
  if (field.kind === 'seconds') {
    const unit = unitFor(value, field.in ?? 's')
    return `${amountIn(value, unit)} ${t(`detection.unit.${unit}`)}`
  }
  const shown = field.kind === 'share' ? Math.round(value * 1000) / 10 : value
  return field.unit ? `${shown} ${t(`detection.unit.${field.unit}`)}` : String(shown)
}

/** What is wrong with a value, and what is right. */
export function faultText(field: Field, fault: Fault, other: Value | undefined, t: T): string {
  switch (fault.code) {
    case 'range': {
      const [min, max] = [fault.min, fault.max].map((limit) => valueText(field, limit, t))
      return t('detection.fault.range', { min, max })
    }
    case 'order': {
      const beside = fieldAt(fault.other)
      return t('detection.fault.order', { value: beside ? valueText(beside, other, t) : '' })
    }
    case 'whole':
    case 'time':
    case 'fence':
      return t(`detection.fault.${fault.code}`)
  }
}

const moment = {
  'zh-CN': new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
  en: new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Shanghai',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
}

/** `11/28 09:41`, `28 Nov, 09:41`: city time. @param at ISO 8601 */
export function momentText(at: string, language: Language): string {
  return moment[language].format(new Date(at))
}
