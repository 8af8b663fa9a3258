import type { TFunction } from 'i18next'
import type { AuditDetail } from '../../../server/contract/quality.ts'
import type { SheetEvidence } from '../../../server/contract/quality-sheet.ts'
import { durationText, type Language } from '../../ui/formats.ts'

/** What the record says to one criterion, in a line. Pure. */
export function evidenceText(
  evidence: SheetEvidence,
  { facts, outcome }: Pick<AuditDetail, 'facts' | 'outcome'>,
  t: TFunction,
  language: Language,
): string {
  const after = (seconds: number) => ({ after: durationText(seconds, language) })
  switch (evidence) {
    case 'answer':
      return facts.answerS === null ? t('quality.facts.unknown') : t('quality.evidence.answerS', after(facts.answerS))
    case 'dispatch':
      return facts.dispatchS === null
        ? t('quality.evidence.noDispatch')
        : t('quality.evidence.dispatchS', after(facts.dispatchS))
    case 'arrival':
      return facts.arriveS === null
        ? t('quality.evidence.noArrival')
        : t('quality.evidence.arriveS', after(facts.arriveS))
    case 'protocol':
      return facts.steps === 0 ? t('quality.evidence.noProtocol') : t('quality.evidence.protocol', { n: facts.steps })
    case 'notices':
      if (facts.noticesUnread > 0) return t('quality.evidence.unread', { n: facts.noticesUnread })
      return facts.notices === 0 ? t('quality.evidence.noNotices') : t('quality.evidence.notices', { n: facts.notices })
    case 'contact':
      return t(`quality.evidence.contact.${facts.contact}`)
    case 'outcome':
      return t('quality.evidence.outcome', { outcome: outcome === null ? '—' : t(`outcome.${outcome}`) })
    case 'log':
      return t('quality.evidence.log', { notes: facts.notes, calls: facts.contactCalls })
    case 'recording':
      return facts.calls === 0
        ? t('quality.evidence.noCalls')
        : t('quality.evidence.recording', { calls: facts.calls, recorded: facts.recorded, noticed: facts.noticed })
  }
}
