import type { TFunction } from 'i18next'
import type { CaseLogEntry, LogAction } from '../../../server/contract/case.ts'
import { zhCN } from '../../i18n/zh-CN.ts'
import { durationText, type Language } from '../../ui/formats.ts'

export type VoiceLogAction = Extract<
  LogAction,
  'call_started' | 'call_connected' | 'call_ended' | 'dialled' | 'exchange_call'
>

/** A line of the time line about talking. */
export function voiceLogText(
  action: VoiceLogAction,
  { actor, detail }: Pick<CaseLogEntry, 'actor' | 'detail'>,
  t: TFunction,
  language: Language,
): string {
  const who = { actor: actor ?? t('log.platform') }
  switch (action) {
    case 'call_started':
      return t('voiceLog.started', who)
    case 'call_connected':
      return detail.notice === true ? t('voiceLog.connectedNotice', who) : t('voiceLog.connected', who)
    case 'call_ended': {
      const { reason } = detail
      const seconds = typeof detail.seconds === 'number' ? detail.seconds : 0
      const isKnown = typeof reason === 'string' && reason in zhCN.voice.short
      if (seconds > 0 || !isKnown) return t('voiceLog.ended', { after: durationText(seconds, language) })
      return t('voiceLog.failed', { reason: t(`voice.short.${reason as keyof typeof zhCN.voice.short}`) })
    }
    case 'dialled':
      return t('voiceLog.dialled', who)
    case 'exchange_call':
      return detail.direction === 'out' ? t('voiceLog.exchangeOut') : t('voiceLog.exchangeIn')
  }
}
