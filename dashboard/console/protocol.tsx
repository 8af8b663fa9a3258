import { Button } from 'antd'
import type { TFunction } from 'i18next'
import { useEffect, useRef } from 'react'
import type { CaseDetail } from '../../server/contract/case.ts'
import type { CaseProtocol, ProtocolStep } from '../../server/contract/protocol.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime } from '../ui/formats.ts'
import { Key } from '../ui/key.tsx'
import type { DeskAction } from './permitted.ts'
import { type Answer, type DoneView, protocolView } from './protocol-steps.ts'

interface Props {
  detail: CaseDetail
  permitted: ReadonlySet<DeskAction>
  disabled: boolean
  answers: readonly Answer[]
  /** The earlier step that is being answered again. */
  redo: string | null
  onRedo(stepId: string | null): void
  onAnswer(answer: Answer): void
}

/** The steps of a case: what was answered, what is to be asked now with its numbered answers, what is likely to come. */
export function Protocol(props: Props) {
  const { detail, permitted, redo } = props
  const { t, language } = useTexts()
  const { protocol, case: item } = detail
  const view = protocolView(item, protocol)
  const at = view.at
  const step = typeof at === 'object' ? at : null
  const mine = permitted.has('resolve')
  return (
    <section className="protocol" aria-label={t('protocol.title')} data-testid="protocol">
      <h3>
        {t('protocol.title')}
        {protocol.version === null ? (
          <b className="protocol-none" role="alert" data-testid="no-protocol">
            {t('protocol.none', { kind: t(`kind.${protocol.kind}`) })}
          </b>
        ) : (
          <span className="protocol-name">
            {protocol.title[language]} · v{protocol.number} · {riskText(protocol, t)}
          </span>
        )}
      </h3>
      <ol className="steps">
        {view.done.map((done, n) => {
          const last = view.done.findLastIndex((one) => one.step.id === done.step.id) === n
          return redo === done.step.id && last ? (
            <Current key={`${done.given.at} ${done.step.id}`} step={done.step} mark="↺" again props={props} />
          ) : (
            <Done
              key={`${done.given.at} ${done.step.id}`}
              of={done}
              onRedo={mine && last ? () => props.onRedo(done.step.id) : null}
              disabled={props.disabled}
            />
          )
        })}
        {redo === null && step !== null ? (
          <Current step={step} mark={String(view.done.length + 1)} again={false} props={props} />
        ) : redo === null && at !== 'closed' ? (
          <Fixed at={at as 'claim' | 'close' | 'finished'} mark={String(view.done.length + 1)} props={props} />
        ) : null}
        {at === 'closed' ? <Fixed at="closed" mark="✓" props={props} /> : null}
        {(redo === null ? view.ahead : step === null ? [] : [step, ...view.ahead]).map((one) => (
          <li key={one.id} className="step" data-state="ahead">
            <span className="step-mark" aria-hidden="true">
              ·
            </span>
            <p className="step-title">{one.text[language]}</p>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** How much is at risk, and by which rules of the file. */
function riskText({ risk, riskReasons }: CaseProtocol, t: TFunction): string {
  const reasons = riskReasons.map((one) => t(`protocols.reason.${one}`)).join(t('protocols.and'))
  return reasons === ''
    ? t(`protocols.risk.${risk}`)
    : t('protocols.riskFor', { risk: t(`protocols.risk.${risk}`), reasons })
}

function Done({ of, onRedo, disabled }: { of: DoneView; onRedo: (() => void) | null; disabled: boolean }) {
  const { t, language } = useTexts()
  const { step, answer, given } = of
  return (
    <li className="step" data-state="done" data-testid="step-done">
      <span className="step-mark" aria-hidden="true">
        ✓
      </span>
      <div className="step-body">
        <p className="step-answered">
          <b>{answer.label[language]}</b>
          <span className="step-asked">{step.text[language]}</span>
        </p>
        <p className="step-by">
          <span className="figures">{clockTime(given.at)}</span> {given.by ?? ''}
          {given.note ? ` · ${given.note}` : ''}
        </p>
      </div>
      {onRedo ? (
        <Button
          size="small"
          type="text"
          className="step-redo"
          disabled={disabled}
          aria-label={t('protocol.redoOf', { text: step.text[language] })}
          data-testid="step-redo"
          onClick={onRedo}
        >
          {t('protocol.redo')}
        </Button>
      ) : null}
    </li>
  )
}

function Current(of: { step: ProtocolStep; mark: string; again: boolean; props: Props }) {
  const { step, mark, again, props } = of
  const { t, language } = useTexts()
  const item = props.detail.case
  const element = useRef<HTMLLIElement>(null)
  useEffect(() => {
    // What was done may fill the panel; what is to be asked must be seen.
    if (step.id !== '') element.current?.scrollIntoView({ block: 'nearest' })
  }, [step.id])
  return (
    <li
      ref={element}
      className="step"
      data-state={again ? 'again' : 'current'}
      aria-current="step"
      data-testid="step-current"
    >
      <span className="step-mark" aria-hidden="true">
        {mark}
      </span>
      <div className="step-body">
        <p className="step-type">
          {t(`protocols.type.${step.type}`)}
          {again ? ` · ${t('protocol.again')}` : ''}
        </p>
        <p className="step-title">{step.text[language]}</p>
        {step.why ? <p className="step-why">{step.why[language]}</p> : null}
        <Answers {...props} />
        {again ? (
          <Button size="small" type="link" onClick={() => props.onRedo(null)}>
            {t('common.cancel')} <Key name="Esc" />
          </Button>
        ) : null}
        {props.permitted.has('takeover') ? (
          <p className="step-foreign">{t('protocol.otherOwner', { name: item.owner?.displayName ?? '' })}</p>
        ) : null}
      </div>
    </li>
  )
}

/** What every case begins and ends with, whatever its protocol. */
function Fixed({ at, mark, props }: { at: 'claim' | 'close' | 'closed' | 'finished'; mark: string; props: Props }) {
  const { t } = useTexts()
  return (
    <li className="step" data-state={at === 'closed' ? 'done' : 'current'} data-testid="step-current">
      <span className="step-mark" aria-hidden="true">
        {at === 'claim' ? '!' : mark}
      </span>
      <div className="step-body">
        <p className="step-title">{at === 'closed' ? t('state.closed') : t(`protocol.ask.${at}`)}</p>
        <Answers {...props} />
      </div>
    </li>
  )
}

function Answers({ answers, disabled, onAnswer }: Props) {
  const { t, language } = useTexts()
  return (
    <div className="answers">
      {answers.map((answer, index) => (
        <Button
          key={answer.key}
          type={index === 0 ? 'primary' : 'default'}
          size="large"
          disabled={disabled}
          aria-keyshortcuts={String(answer.key)}
          data-testid={`answer-${answer.key}`}
          onClick={() => onAnswer(answer)}
        >
          <Key name={String(answer.key)} />
          {'action' in answer ? t(`action.${answer.action}`) : answer.answer.label[language]}
          {'step' in answer && answer.answer.action ? (
            <small className="answer-does">{t(`protocol.does.${answer.answer.action.type}`)}</small>
          ) : null}
        </Button>
      ))}
    </div>
  )
}
