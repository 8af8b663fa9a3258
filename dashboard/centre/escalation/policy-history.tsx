import { useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import type { EscalationOptions, PolicyView } from '../../../server/contract/escalation.ts'
import { policyHistoryQuery } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { PolicySteps } from './policy-card.tsx'
import { scopeText } from './words.ts'

/** All that was published for one scope, with who, when and why. */
export function PolicyHistory({
  of,
  options,
  onClose,
}: {
  of: PolicyView
  options: EscalationOptions | undefined
  onClose(): void
}) {
  const { t, language } = useTexts()
  useReturnFocus()
  const query = useQuery(policyHistoryQuery(of))
  return (
    <Modal
      open
      width={860}
      footer={null}
      title={`${t('escalation.policies.history')} · ${scopeText(of, t)}`}
      onCancel={onClose}
    >
      {query.isError ? (
        <ErrorState
          compact
          title={t('admin.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : !query.data ? (
        <LateSkeleton rows={5} />
      ) : (
        <ol className="policy-history" data-testid="policy-versions">
          {query.data.items.map((one) => (
            <li key={one.version}>
              <p>
                <b className="figures">{t('escalation.policies.version', { n: one.version })}</b>{' '}
                <span className="muted figures">
                  {one.by ?? t('escalation.policies.asDelivered')} · {timeText(one.at, serverNow(), language)}
                </span>{' '}
                {one.by === null ? null : one.note}
              </p>
              {one.policy === null ? (
                <p className="muted">{t('escalation.policies.gone')}</p>
              ) : (
                <PolicySteps policy={one.policy} options={options} />
              )}
            </li>
          ))}
        </ol>
      )}
    </Modal>
  )
}
