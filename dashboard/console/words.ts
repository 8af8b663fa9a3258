import type { TFunction } from 'i18next'
import type { AlertKind, CaseLogEntry, CaseSummary, Outcome } from '../../server/contract/case.ts'
import type { CallOutcome } from '../../server/contract/case-file.ts'
import type { NotifyChannel } from '../../server/contract/notify.ts'
import { ApiError } from '../api/client.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { clockTime, durationText, type Language, shortId } from '../ui/formats.ts'
import { voiceLogText } from './voice/log-text.ts'

/** Sentences made of a case's data, in the operator's language. */
type T = TFunction

/** The resident's name, the area that lost its devices, or which device it is. */
export function whoText(item: Pick<CaseSummary, 'residentName' | 'deviceId' | 'incident'>, t: T): string {
  return item.residentName ?? item.incident?.area.name ?? t('queue.device', { id: item.deviceId })
}

/** What an incident is about, how many of an area's devices are lost. */
export function incidentText(incident: NonNullable<CaseSummary['incident']>, t: T): string {
  return t('queue.incident', { lost: incident.lost, devices: incident.devices })
}

/** `弋阳县 桃源街道 · 卫生间` */
export function whereText(item: Pick<CaseSummary, 'place' | 'room'>): string {
  return [item.place, item.room].filter(Boolean).join(' · ')
}

/** The third line of a row: why nobody is told and until when, how much is lost, or where. */
export function rowText(item: CaseSummary, t: T): string {
  if (item.suppressed) {
    const { until, reason, by } = item.suppressed
    return t('queue.quiet.until', { until: clockTime(until).slice(0, 5), reason, by })
  }
  const where = whereText(item) || t('queue.device', { id: item.deviceId })
  return item.incident ? `${incidentText(item.incident, t)} · ${where}` : where
}

/** The state as the queue words it: kind while it waits, then who has it. */
export function titleText(item: CaseSummary, t: T): string {
  const kind = t(`kind.${item.kind}`)
  if (item.suppressed) return `${kind} · ${t(`queue.quiet.${item.suppressed.kind}`)}`
  if (item.state === 'new') return item.cancelled ? `${kind} · ${t('state.cancelled')}` : kind
  if (item.returnedAt) return t('offer.returned', { name: item.owner?.displayName ?? '' })
  if (item.holdUntil) return t('queue.holdBy', { name: item.owner?.displayName ?? '' })
  return [t(`state.${item.state}`), item.owner?.displayName].filter(Boolean).join(' · ')
}

/** A device kind's name; kinds are free text in the contract, so an unknown one is shown as it is. */
export function deviceKindText(kind: string, t: T): string {
  return kind in zhCN.deviceKind ? t(`deviceKind.${kind as keyof typeof zhCN.deviceKind}`) : kind
}

/** A signal's type in words; those that are no event have none and are shown as they are. */
export function signalText(type: string, t: T): string {
  return type in zhCN.event ? t(`event.${type as keyof typeof zhCN.event}`) : type
}

/** What went wrong and what to do. */
export function errorText(error: unknown, t: T): string {
  if (!(error instanceof ApiError)) return t('refused.unknown')
  if (error.unreachable) return t('refused.unreachable')
  const code = error.problem?.code
  return code !== undefined && code in zhCN.refused
    ? t(`refused.${code as keyof typeof zhCN.refused}`)
    : t('refused.unknown')
}

const str = (value: unknown): string => (typeof value === 'string' ? value : '')

/** One line of the time line. @param openedAt of the case, for how long the answer took */
export function logText(entry: CaseLogEntry, openedAt: string, t: T, language: Language): string {
  const actor = entry.actor ?? t('log.platform')
  const d = entry.detail
  const more = str(d.text) || str(d.reason)
  const withMore = (text: string) => (more ? `${text} — ${more}` : text)
  const why = inWords(d.why, language)
  const withWhy = (text: string) => (why ? `${text} — ${why}` : text)
  switch (entry.action) {
    case 'opened':
      return [t('log.opened'), d.kind ? t(`kind.${str(d.kind) as AlertKind}`) : ''].filter(Boolean).join(' · ')
    case 'signal':
      return withWhy(
        t('log.signal', { kind: t(`kind.${str(d.kind) as AlertKind}`), count: String(d.count ?? '') as never }),
      )
    case 'assessed':
      return withWhy(t('log.assessed', { kind: t(`kind.${str(d.kind) as AlertKind}`) }))
    case 'cancelled':
    case 'restored':
      return withWhy(t(`log.${entry.action}`))
    case 'suppressed':
      return withMore(t('log.suppressed', { until: d.until ? clockTime(str(d.until)) : '' }))
    case 'offered':
    case 'reminded':
      return t(`offer.log.${entry.action}`, { actor })
    case 'passed': {
      const why = str(d.why)
      const known = why === 'gone' || why === 'not_ready' || why === 'engaged' ? why : 'late'
      return t(`offer.log.passed.${known}`, { actor })
    }
    case 'notified':
    case 'drill_upgraded':
    case 'drill_ended':
    case 'kept_inside':
    case 'hold_expired':
      return t(`log.${entry.action}`)
    case 'escalated':
      return t('log.escalated', {
        step: String(d.step ?? '') as never,
        channels: (Array.isArray(d.channels) ? d.channels : [])
          .map((channel) => t(`channel.${str(channel) as NotifyChannel}`))
          .join(language === 'en' ? ', ' : '、'),
      })
    case 'escalation_skipped':
      return t(d.why === 'missed' ? 'log.stepMissed' : 'log.stepUnreachable', { step: String(d.step ?? '') as never })
    case 'acknowledgement_expired':
    case 'escalation_exhausted':
      return t(`log.${entry.action}`)
    case 'responsibility_taken':
      return entry.actor === null ? t('log.contactTook') : t('log.responsibility_taken', { actor })
    case 'claim': {
      const seconds = (Date.parse(entry.at) - Date.parse(openedAt)) / 1000
      return t('log.claim', { actor, after: durationText(seconds, language) })
    }
    case 'resume':
    case 'takeover':
    case 'arrive':
    case 'close':
    case 'reopen':
      return withMore(t(`log.${entry.action}`, { actor }))
    case 'hold':
      return withMore(t('log.hold', { actor, until: d.until ? clockTime(str(d.until)) : '' }))
    case 'call_started':
    case 'call_connected':
    case 'call_ended':
    case 'dialled':
    case 'exchange_call':
      return voiceLogText(entry.action, entry, t, language)
    case 'assisted':
    case 'assist_ended':
    case 'handover_accepted':
    case 'handover_declined':
    case 'handover_withdrawn':
      return withMore(t(`log.${entry.action}`, { actor, from: str(d.fromName) }))
    case 'handover_offered':
      return `${t('log.handover_offered', { actor, to: str(d.toName) || t('log.toQueue') })} — ${str(d.note)}`
    case 'reassigned':
      return withMore(t('log.reassigned', { actor, from: str(d.fromName), to: str(d.toName) }))
    case 'whisper':
      return withMore(t('log.whisper', { actor, to: str(d.toName) }))
    case 'note':
      return t('log.note', { actor, text: more }) + (d.contact === 'made' ? t('log.contactMade') : '')
    case 'step': {
      const line = t('log.step', { actor, text: inWords(d.text, language), label: inWords(d.label, language) })
      return d.note ? `${line} — ${str(d.note)}` : line
    }
    case 'second':
      return withMore(t('log.second', { actor }))
    case 'second_asked':
      return t('log.secondAsked', { actor })
    case 'notice_read':
      return t('file.log.notice_read', { actor, text: more })
    case 'contact_called': {
      const who = [str(d.relation), str(d.name)].filter(Boolean).join(' ')
      const outcome = t(`file.outcome.${str(d.outcome) as CallOutcome}`)
      return withMore(t('file.log.contact_called', { actor, who, outcome }))
    }
    case 'dispatch':
      return withMore(t('log.dispatch', { actor, to: str(d.to) }))
    case 'resolve':
      return withMore(t('log.resolve', { actor, outcome: t(`outcome.${str(d.outcome) as Outcome}`) }))
  }
}

/** What is written down in both languages. */
function inWords(words: unknown, language: Language): string {
  return typeof words === 'object' && words !== null ? str((words as Record<string, unknown>)[language]) : ''
}

export function caseNumber(item: Pick<CaseSummary, 'caseId'>, t: T): string {
  return t('header.caseNo', { id: shortId(item.caseId) })
}
