import { useQuery } from '@tanstack/react-query'
import type { CaseDetail } from '../../../server/contract/case.ts'
import { LEVELS } from '../../../server/contract/levels.ts'
import type { AuditDetail } from '../../../server/contract/quality.ts'
import { caseQuery } from '../../api/queries.ts'
import { caseVoiceQuery } from '../../api/voice-queries.ts'
import { protocolView } from '../../console/protocol-steps.ts'
import { Calls } from '../../console/voice/calls.tsx'
import { errorText, logText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, durationText } from '../../ui/formats.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'

/** What the record says of the case: times, the protocol's answers, calls, the time line. Stays beside the sheet. */
export function CaseSide({ of, mayListen }: { of: AuditDetail; mayListen: boolean }) {
  const { t } = useTexts()
  const query = useQuery(caseQuery(of.caseId))
  const { data } = query
  return (
    <div className="audit-case" data-testid="audit-case">
      <Times of={of} />
      {query.isError && !data ? (
        <ErrorState
          compact
          title={t('quality.caseFailed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : !data ? (
        <LateSkeleton rows={8} />
      ) : (
        <>
          <Protocol detail={data} />
          <Recordings caseId={of.caseId} mayListen={mayListen} />
          <Log detail={data} />
        </>
      )}
    </div>
  )
}

/** Limits of the service levels, s. */
const ANSWER_S = LEVELS.find(({ key }) => key === 'within60')?.seconds ?? 60
const DISPATCH_S = LEVELS.find(({ key }) => key === 'dispatch60')?.seconds ?? 60

function Times({ of: { facts } }: { of: AuditDetail }) {
  const { t, language } = useTexts()
  const cells = [
    { key: 'answer', seconds: facts.answerS, limit: ANSWER_S },
    { key: 'dispatch', seconds: facts.dispatchS, limit: DISPATCH_S },
    { key: 'arrive', seconds: facts.arriveS, limit: null },
    { key: 'resolve', seconds: facts.resolveS, limit: null },
  ] as const
  return (
    <section aria-label={t('quality.facts.title')}>
      <dl className="audit-times">
        {cells.map(({ key, seconds, limit }) => {
          const isLate = seconds !== null && limit !== null && seconds > limit
          return (
            <div key={key}>
              <dt>{t(`quality.facts.${key}`)}</dt>
              <dd className="figures" data-level={isLate ? 'late' : undefined}>
                {seconds === null ? (
                  <span className="muted">{t(key === 'answer' ? 'quality.facts.unknown' : 'quality.facts.none')}</span>
                ) : (
                  <>
                    {isLate ? <span title={t('quality.facts.late', { n: limit })}>▲ </span> : null}
                    {durationText(seconds, language)}
                  </>
                )}
              </dd>
            </div>
          )
        })}
      </dl>
      <p className="muted audit-hint">{t('quality.facts.afterAnswer')}</p>
    </section>
  )
}

function Protocol({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts()
  const { done } = protocolView(detail.case, detail.protocol)
  return (
    <section>
      <h3>
        {t('quality.protocol')} <small className="muted">{detail.protocol.title[language]}</small>
      </h3>
      {done.length === 0 ? (
        <p className="muted">{t('quality.protocolNone')}</p>
      ) : (
        <ol className="audit-steps">
          {done.map(({ step, answer, given }) => (
            <li key={`${given.stepId} ${given.at}`}>
              <time className="figures muted" dateTime={given.at}>
                {clockTime(given.at)}
              </time>
              <span>
                {step.text[language]} <b>{answer.label[language]}</b>
                {given.note === null ? null : ` — ${given.note}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Recordings({ caseId, mayListen }: { caseId: string; mayListen: boolean }) {
  const { t } = useTexts()
  const { data } = useQuery(caseVoiceQuery(caseId))
  const calls = data?.calls ?? []
  return (
    <section>
      <h3>{t('quality.recordings')}</h3>
      {calls.length === 0 ? (
        <p className="muted">{t('quality.recordingsNone')}</p>
      ) : (
        <Calls calls={calls} mayListen={mayListen} />
      )}
    </section>
  )
}

function Log({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts()
  return (
    <section>
      <h3>{t('quality.log')}</h3>
      <ol className="audit-steps" data-testid="audit-log">
        {detail.log.map((entry) => (
          <li key={`${entry.at} ${entry.action} ${entry.version}`}>
            <time className="figures muted" dateTime={entry.at}>
              {clockTime(entry.at)}
            </time>
            <span>{logText(entry, detail.case.openedAt, t, language)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
