import { useQuery } from '@tanstack/react-query'
import { checkQuery, escalationOptionsQuery } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { AddressBook } from './addresses.tsx'
import { scopeText, warningText } from './words.ts'

/** What the check every ten minutes has found, which ways are set up, and where people can be reached. */
export function Reach() {
  const { t, language } = useTexts()
  const query = useQuery(checkQuery)
  const { data: options } = useQuery(escalationOptionsQuery)
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={8} />
  const { at, onDuty, items } = query.data
  return (
    <section data-testid="reach">
      <p className="office-lead">{t('escalation.reach.lead')}</p>
      <div className="panel reach-check">
        <p>
          <b>
            {at === null
              ? t('escalation.reach.never')
              : t('escalation.reach.checked', { time: timeText(at, serverNow(), language), n: onDuty })}
          </b>
        </p>
        {at !== null && items.length === 0 ? (
          <p data-level="good">
            <span aria-hidden="true">✓</span> {t('escalation.reach.fine')}
          </p>
        ) : null}
        {items.map((item) => (
          <div key={`${item.category} ${item.kind} ${item.divisionCode}`} className="reach-item">
            <span>{scopeText(item, t)}</span>
            <ul className="policy-warnings">
              {item.warnings.map((one) => (
                <li
                  key={JSON.stringify(one)}
                  data-level={one.code === 'step_unreachable' || one.code === 'nobody_on_duty' ? 'late' : 'soon'}
                >
                  <span aria-hidden="true">⚠</span> {warningText(one, t)}
                </li>
              ))}
            </ul>
          </div>
        ))}
        <p className="reach-channels">
          {t('escalation.reach.channels')}
          {(options?.channels ?? []).map(({ channel, set }) => (
            <span key={channel} className="watch-tag" data-tone={set ? 'good' : 'risk'}>
              {t(`channel.${channel}`)} · {t(set ? 'escalation.reach.set' : 'escalation.reach.unset')}
            </span>
          ))}
        </p>
      </div>
      <AddressBook />
    </section>
  )
}
