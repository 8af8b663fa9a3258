import { useQuery } from '@tanstack/react-query'
import { selfTestHoursQuery, selfTestQuery } from '../../api/drill-queries.ts'
import { SelfTestPill } from '../../console/self-test-pill.tsx'
import { useTexts } from '../../i18n/i18n.ts'
import { countText, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'

/** The last self-test, and how many of the last day passed. */
export function SelfTestPanel() {
  const { t, language } = useTexts()
  const { data } = useQuery(selfTestQuery)
  const { data: hours } = useQuery(selfTestHoursQuery)
  const items = hours?.items ?? []
  const runs = items.reduce((sum, one) => sum + one.runs, 0)
  const failed = items.reduce((sum, one) => sum + one.failed, 0)
  const worst = Math.max(0, ...items.map(({ maxMs }) => maxMs ?? 0))
  return (
    <section className="drill-selftest" aria-label={t('drills.selfTest.title')} data-testid="self-test-panel">
      <h2 className="drill-heading">{t('drills.selfTest.title')}</h2>
      <p className="office-lead">{t('drills.selfTest.lead')}</p>
      <p className="drill-facts">
        <SelfTestPill />
        {runs === 0 ? null : (
          <span className="figures">
            {t('drills.selfTest.day', {
              runs: countText(runs) as never,
              failed: countText(failed) as never,
              worst: countText(Math.round(worst)) as never,
            })}
          </span>
        )}
        {data?.failedAt ? (
          <span className="muted">
            {t('drills.selfTest.lastFailure', { time: timeText(data.failedAt, serverNow(), language) })}
          </span>
        ) : null}
      </p>
    </section>
  )
}
