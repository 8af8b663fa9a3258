import { Button } from 'antd'
import type { EscalationOptions, EscalationPolicy, PolicyView } from '../../../server/contract/escalation.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { durationText, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { codesOf } from './targets.ts'
import { scopeText, targetText, warningText } from './words.ts'

interface Props {
  policy: PolicyView
  options: EscalationOptions | undefined
  onOpen(kind: 'edit' | 'history' | 'withdraw'): void
}

/** One rule as a line of steps, with what would come to nothing now. */
export function PolicyCard({ policy, options, onOpen }: Props) {
  const { t, language } = useTexts()
  const isWidest = policy.kind === null && policy.divisionCode === null
  const by = policy.by ?? t('escalation.policies.asDelivered')
  return (
    <article className="policy" data-category={policy.category} data-testid="policy">
      <header className="policy-head">
        <h3>{scopeText(policy, t)}</h3>
        <span className="muted figures">
          {t('escalation.policies.version', { n: policy.version })} ·{' '}
          {policy.by === null
            ? by
            : t('escalation.policies.published', { name: by, time: timeText(policy.at, serverNow(), language) })}
        </span>
        <span className="office-space" />
        <span className="office-actions">
          <Button size="small" onClick={() => onOpen('history')} data-testid="policy-history">
            {t('escalation.policies.history')}
          </Button>
          {isWidest ? null : (
            <Button size="small" onClick={() => onOpen('withdraw')} data-testid="policy-withdraw">
              {t('escalation.policies.withdraw')}
            </Button>
          )}
          <Button size="small" onClick={() => onOpen('edit')} data-testid="policy-edit">
            {t('escalation.policies.edit')}
          </Button>
        </span>
      </header>
      {policy.policy === null ? null : (
        <PolicySteps policy={policy.policy} options={options} warned={policy.warnings.map(({ step }) => step)} />
      )}
      {policy.warnings.length === 0 ? (
        <p className="policy-state" data-level="good">
          <span aria-hidden="true">✓</span> {t('escalation.policies.ok')}
        </p>
      ) : (
        <ul className="policy-warnings" aria-label={t('escalation.policies.warnings', { n: policy.warnings.length })}>
          {policy.warnings.map((one) => (
            <li
              key={JSON.stringify(one)}
              data-level={one.code === 'step_unreachable' || one.code === 'nobody_on_duty' ? 'late' : 'soon'}
            >
              <span aria-hidden="true">⚠</span> {warningText(one, t)}
            </li>
          ))}
        </ul>
      )}
    </article>
  )
}

interface StepsProps {
  policy: EscalationPolicy
  options: EscalationOptions | undefined
  /** Steps, from 1, that have a warning. */
  warned?: readonly (number | null)[]
}

/** The steps from left to right, and how long silence is accepted. */
export function PolicySteps({ policy, options, warned = [] }: StepsProps) {
  const { t, language } = useTexts()
  return (
    <>
      <ol className="policy-steps">
        {numbered(policy.steps).map(({ step, n }) => (
          <li key={n} data-warned={warned.includes(n) || undefined}>
            <b className="figures">{durationText(step.afterSeconds, language)}</b>
            <span>
              {codesOf(step.targets)
                .map((code) => targetText(code, options, t, true))
                .join(language === 'en' ? ', ' : '、')}
            </span>
            <span className="policy-channels">
              {step.channels.map((channel) => (
                <span key={channel} className="watch-tag">
                  {t(`channel.${channel}`)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
      <p className="muted policy-times">
        {t('escalation.policies.rounds', { n: policy.rounds, gap: durationText(policy.repeatAfterSeconds, language) })}{' '}
        ·{' '}
        {t('escalation.policies.ack', {
          time: durationText(policy.acknowledgeForSeconds, language),
          sent: durationText(policy.dispatchedForSeconds, language),
        })}
      </p>
    </>
  )
}

/** A step has no other name than its place. */
const numbered = <T,>(steps: readonly T[]) => steps.map((step, index) => ({ step, n: index + 1 }))
