import type { TFunction } from 'i18next'
import type { EscalationOptions, EscalationWarning, PolicyView } from '../../../server/contract/escalation.ts'
import { labelOf, type TargetCode } from './targets.ts'

/** `第 2 步：短信没有配置` */
export function warningText({ code, step, channel, who }: EscalationWarning, t: TFunction): string {
  const text = t(`escalation.warning.${code}`, {
    channel: channel === null ? '' : t(`channel.${channel}`),
    who: who ?? '',
  })
  return step === null ? text : t('escalation.warning.step', { n: step, text })
}

export function targetText(
  code: TargetCode,
  options: EscalationOptions | undefined,
  t: TFunction,
  short = false,
): string {
  return labelOf(code, options, {
    fixed: (name) =>
      name === 'contacts' && short
        ? t('escalation.target.contactsShort')
        : t(`escalation.target.${name as 'on_duty' | 'supervisor' | 'admin' | 'contacts'}`),
    group: (name) => t('escalation.target.group', { name }),
    unknown: t('escalation.target.unknown'),
  })
}

/** `紧急 · 跌倒 · 弋阳县` */
export function scopeText(
  { category, kind, place }: Pick<PolicyView, 'category' | 'kind' | 'place'>,
  t: TFunction,
): string {
  return [
    t(`category.${category}`),
    kind === null ? t('escalation.policies.allKinds') : t(`kind.${kind}`),
    place ?? t('escalation.policies.everywhere'),
  ].join(' · ')
}
