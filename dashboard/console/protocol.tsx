import { Button } from 'antd'
import type { CaseDetail } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime } from '../ui/formats.ts'
import { Key } from '../ui/key.tsx'
import type { DeskAction } from './permitted.ts'
import { type Answer, protocolOf, type Step, type StepView } from './protocol-steps.ts'

interface Props {
  detail: CaseDetail
  permitted: ReadonlySet<DeskAction>
  disabled: boolean
  onAnswer(answer: Answer): void
}

/** The steps of a case, the current one with its answers as numbered keys. */
export function Protocol({ detail, permitted, disabled, onAnswer }: Props) {
  const { t } = useTexts()
  const item = detail.case
  const view = protocolOf(item, detail.log)
  const answers = view.answers.filter((answer) => permitted.has(answer.action))
  const foreign = permitted.has('takeover')
  const ask = (step: Step | 'close' | 'closed') => askOf(step, item.category)
  const after = view.current === 'close' || view.current === 'closed'
  return (
    <section className="protocol" aria-label={t('protocol.title')} data-testid="protocol">
      <h3>
        {t('protocol.title')}
        <span className="protocol-name">
          {t(`kind.${item.kind}`)} · {t('protocol.builtin')}
        </span>
      </h3>
      <ol className="steps">
        {view.steps.map((step, index) => (
          <li
            key={step.step}
            className="step"
            data-state={step.state}
            aria-current={step.state === 'current' || undefined}
          >
            <span className="step-mark" aria-hidden="true">
              {step.state === 'done' ? '✓' : index + 1}
            </span>
            <div className="step-body">
              <StepText step={step} text={step.state === 'current' ? t(ask(step.step)) : ''} />
              {step.state === 'current' ? <Answers answers={answers} disabled={disabled} onAnswer={onAnswer} /> : null}
              {step.state === 'current' && foreign ? (
                <p className="step-foreign">{t('protocol.otherOwner', { name: item.owner?.displayName ?? '' })}</p>
              ) : null}
            </div>
          </li>
        ))}
        {after ? (
          <li className="step" data-state={view.current === 'close' ? 'current' : 'done'}>
            <span className="step-mark" aria-hidden="true">
              {view.current === 'close' ? 6 : '✓'}
            </span>
            <div className="step-body">
              <p className="step-title">{view.current === 'close' ? t('protocol.ask.close') : t('state.closed')}</p>
              <Answers answers={answers} disabled={disabled} onAnswer={onAnswer} />
            </div>
          </li>
        ) : null}
      </ol>
    </section>
  )
}

function StepText({ step, text }: { step: StepView; text: string }) {
  const { t } = useTexts()
  const by = step.by
  return (
    <>
      <p className="step-title">{text || t(`protocol.step.${step.step}`)}</p>
      {by ? (
        <p className="step-by">
          {clockTime(by.at)} {by.actor ?? ''}
          {step.step === 'dispatch' && typeof by.detail.to === 'string' ? ` · ${by.detail.to}` : ''}
          {by.action !== 'dispatch' && typeof by.detail.text === 'string' ? ` · ${by.detail.text}` : ''}
        </p>
      ) : null}
    </>
  )
}

function Answers(props: { answers: Answer[]; disabled: boolean; onAnswer(answer: Answer): void }) {
  const { t } = useTexts()
  return (
    <div className="answers">
      {props.answers.map((answer, index) => (
        <Button
          key={answer.label}
          type={index === 0 ? 'primary' : 'default'}
          size="large"
          disabled={props.disabled}
          aria-keyshortcuts={String(index + 1)}
          data-testid={`answer-${index + 1}`}
          onClick={() => props.onAnswer(answer)}
        >
          {t(`protocol.answer.${answer.label}`)} <Key name={String(index + 1)} />
        </Button>
      ))}
    </div>
  )
}

function askOf(step: Step | 'close' | 'closed', category: CaseDetail['case']['category']) {
  if (step === 'closed') return 'protocol.ask.close'
  if (step !== 'verify') return `protocol.ask.${step}` as const
  const asks = {
    emergency: 'protocol.ask.verifyEmergency',
    help: 'protocol.ask.verifyHelp',
    care: 'protocol.ask.verifyCare',
    fault: 'protocol.ask.verifyFault',
  } as const
  return asks[category]
}
