import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { EscalationPolicy, SimulatedStep } from '../../../server/contract/escalation.ts'
import { simulationQuery } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { durationText } from '../../ui/formats.ts'
import { LateSkeleton } from '../../ui/states.tsx'
import { warningText } from './words.ts'

/** Typing is not asked about letter by letter, ms. */
const SETTLE_MS = 400

/** What would happen now if nobody answered: as the server works it out, with the people who are there. */
export function SimulationPanel({ policy }: { policy: EscalationPolicy | null }) {
  const { t, language } = useTexts()
  const settled = useSettled(policy)
  const query = useQuery(simulationQuery(settled))
  return (
    <aside
      className="simulation"
      aria-label={t('escalation.editor.simulation')}
      aria-live="polite"
      data-testid="simulation"
    >
      <h4>{t('escalation.editor.simulation')}</h4>
      {policy === null ? (
        <p className="muted">{t('escalation.editor.simulationWait')}</p>
      ) : query.isError ? (
        <p className="field-error">{errorText(query.error, t)}</p>
      ) : !query.data ? (
        <LateSkeleton rows={4} />
      ) : (
        <>
          <ol className="simulation-steps">
            {query.data.steps.map((step) => (
              <li key={`${step.round} ${step.step}`} data-skipped={step.skipped || undefined}>
                <b className="figures">{durationText(step.atSeconds, language)}</b>
                <span>
                  {step.step === 1 && step.round > 1 ? (
                    <em>{t('escalation.simulation.round', { n: step.round })} · </em>
                  ) : null}
                  <Told step={step} />
                </span>
              </li>
            ))}
          </ol>
          <p className="muted">
            {query.data.endsAtSeconds === null
              ? t('escalation.simulation.more')
              : t('escalation.simulation.ends', { time: durationText(query.data.endsAtSeconds, language) })}
          </p>
          {query.data.warnings.length > 0 ? (
            <ul className="policy-warnings">
              {query.data.warnings.map((one) => (
                <li key={JSON.stringify(one)} data-level="soon">
                  <span aria-hidden="true">⚠</span> {warningText(one, t)}
                </li>
              ))}
            </ul>
          ) : null}
        </>
      )}
    </aside>
  )
}

function Told({ step }: { step: SimulatedStep }) {
  const { t, language } = useTexts()
  if (step.skipped) return <>{t('escalation.simulation.skipped')}</>
  const comma = language === 'en' ? ', ' : '、'
  const texts = step.told.map(({ channel, names, contacts }) => {
    const who = [
      ...(channel === 'desk' ? [t('escalation.simulation.allDesks')] : names),
      ...(contacts ? [t('escalation.target.contactsShort')] : []),
    ].join(comma)
    return who === '' ? t(`channel.${channel}`) : `${t(`channel.${channel}`)} → ${who}`
  })
  return <>{texts.join(language === 'en' ? '; ' : '；')}</>
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
