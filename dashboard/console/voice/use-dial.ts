import { useQuery } from '@tanstack/react-query'
import { App } from 'antd'
import type { CaseDetail } from '../../../server/contract/case.ts'
import type { DialTarget } from '../../../server/contract/voice.ts'
import { sessionQuery } from '../../api/queries.ts'
import { dial } from '../../api/voice-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { errorText } from '../words.ts'

/** Click to dial from a case; the number itself is seen by the telephone program alone. */
export function useDial(detail: CaseDetail | undefined) {
  const { t } = useTexts()
  const { notification } = App.useApp()
  const { data: session } = useQuery(sessionQuery)
  const isOwn = detail !== undefined && detail.case.owner?.userId === session?.userId && isOpen(detail)
  const open = (target: DialTarget) => {
    if (detail === undefined) return
    dial(detail.case.caseId, target).then(
      ({ uri }) => window.location.assign(uri),
      (error: unknown) =>
        notification.warning({
          title: t('voice.dialFailed'),
          description: errorText(error, t),
        }),
    )
  }
  /** Whether this operator may talk for this case, and how to dial. */
  return { isOwn, open }
}

const isOpen = ({ case: { state } }: CaseDetail): boolean => state !== 'resolved' && state !== 'closed'
