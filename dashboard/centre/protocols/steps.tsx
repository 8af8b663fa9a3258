import { Button, Select } from 'antd'
import type { KeyboardEvent } from 'react'
import { type ProtocolContent, type ProtocolStep, STEP_TYPES } from '../../../server/contract/protocol.ts'
import type { ProtocolFault } from '../../../server/contract/protocol-check.ts'
import { Panel } from '../../admin/devices/panel.tsx'
import { useTexts } from '../../i18n/i18n.ts'
import { AnswerForm } from './answer-form.tsx'
import { addAnswer, addStep, changeStep, moveStep, orNone, removeStep, withText } from './edits.ts'
import { IdField, Labelled, TextField, useFault } from './field.tsx'
import type { FormPart } from './form-part.ts'
import { followsText } from './told.ts'

interface Props extends FormPart {
  faults: readonly ProtocolFault[]
  /** The step that is open. */
  open: number | null
  onOpen(step: number | null): void
}

/** All steps in their order; one of them open at a time. */
export function Steps(props: Props) {
  const { content, open, onOpen, onChange } = props
  const { t } = useTexts()
  const move = (at: number, by: 1 | -1) => {
    if (at + by < 0 || at + by >= content.steps.length) return
    onChange(moveStep(content, at, by))
    if (open === at) onOpen(at + by)
    else if (open === at + by) onOpen(at)
    // The keyboard goes with the step that it moves.
    requestAnimationFrame(() =>
      document
        .getElementById(`step-${at + by}`)
        ?.querySelector('button')
        ?.focus(),
    )
  }
  return (
    <Panel
      title={t('protocols.form.steps')}
      name="protocol-steps"
      actions={<small className="muted">{t('protocols.form.keys')}</small>}
    >
      <ol className="protocol-steps">
        {content.steps.map((step, at) => (
          <StepCard key={step.id} {...props} step={step} at={at} onMove={(by) => move(at, by)} />
        ))}
      </ol>
      <Button
        onClick={() => {
          onChange(addStep(content, content.steps.length - 1))
          onOpen(content.steps.length)
        }}
        data-testid="step-add"
      >
        + {t('protocols.form.addStep')}
      </Button>
    </Panel>
  )
}

interface CardProps extends Props {
  step: ProtocolStep
  at: number
  onMove(by: 1 | -1): void
}

function StepCard(props: CardProps) {
  const { content, faults, step, at, open, onOpen, onChange, onMove } = props
  const { t, language } = useTexts()
  const shown = open === at
  const bad = faults.some(({ place }) => place === `steps.${at}` || place.startsWith(`steps.${at}.`))
  const own = faults.filter(({ place }) => place === `steps.${at}` || place === `steps.${at}.answers`)
  const keys = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    onMove(event.key === 'ArrowUp' ? -1 : 1)
  }
  return (
    <li
      className="protocol-step"
      id={`step-${at}`}
      data-open={shown || undefined}
      data-bad={bad || undefined}
      onKeyDown={keys}
    >
      <div className="protocol-step-head">
        <button
          type="button"
          className="protocol-step-open"
          aria-expanded={shown}
          data-testid="step-open"
          onClick={() => onOpen(shown ? null : at)}
        >
          <span className="step-no figures">{at + 1}</span>
          <span className="protocol-tag">{t(`protocols.type.${step.type}`)}</span>
          <span className="protocol-step-text">{step.text[language] || step.id}</span>
          {at === 0 ? <small className="muted">{t('protocols.form.first')}</small> : null}
          {bad ? <span className="protocol-fault">✗</span> : null}
        </button>
        <Button
          size="small"
          type="text"
          aria-label={t('protocols.form.up')}
          disabled={at === 0}
          onClick={() => onMove(-1)}
        >
          ↑
        </Button>
        <Button
          size="small"
          type="text"
          aria-label={t('protocols.form.down')}
          disabled={at === content.steps.length - 1}
          onClick={() => onMove(1)}
        >
          ↓
        </Button>
        <Button
          size="small"
          type="text"
          danger
          aria-label={`${t('protocols.form.remove')} ${step.text[language] || step.id}`}
          onClick={() => {
            onChange(removeStep(content, at))
            onOpen(null)
          }}
        >
          ✕
        </Button>
      </div>
      {own.map((fault) => (
        <p key={`${fault.code} ${fault.place}`} className="protocol-fault">
          {t(`protocols.check.fault.${fault.code}`)}
        </p>
      ))}
      {shown ? <StepForm {...props} /> : <Outline step={step} content={content} />}
    </li>
  )
}

/** The answers of a closed step in one line each. */
function Outline({ step, content }: { step: ProtocolStep; content: ProtocolContent }) {
  const { t, language } = useTexts()
  return (
    <ul className="protocol-outline">
      {step.answers.map((answer) => (
        <li key={answer.key}>
          <span className="figures muted">{answer.key}</span> {answer.label[language] || '…'}{' '}
          <span className="muted">→ {followsText(answer, content, t)}</span>
        </li>
      ))}
    </ul>
  )
}

function StepForm({ content, faults, step, at, onChange }: CardProps) {
  const { t } = useTexts()
  const place = `steps.${at}`
  const change = (one: Partial<ProtocolStep>) => onChange(changeStep(content, at, one))
  const typeFault = useFault(faults, `${place}.type`)
  return (
    <div className="protocol-form">
      <Labelled label={t('protocols.form.type')} fault={typeFault}>
        <Select
          value={step.type}
          aria-label={t('protocols.form.type')}
          options={STEP_TYPES.map((type) => ({ value: type, label: t(`protocols.type.${type}`) }))}
          onChange={(type) => change({ type })}
        />
      </Labelled>
      <IdField
        label={t('protocols.form.id')}
        value={step.id}
        taken={content.steps.filter((one) => one !== step).map(({ id }) => id)}
        onChange={(id) => change({ id })}
      />
      {(['text', 'why'] as const).map((part) =>
        (['zh-CN', 'en'] as const).map((language) => (
          <TextField
            key={`${part} ${language}`}
            label={t(`protocols.form.${part}${language === 'en' ? 'En' : 'Zh'}`)}
            value={step[part]?.[language] ?? ''}
            place={`${place}.${part}.${language}`}
            faults={faults}
            name={`step-${part}-${language}`}
            onChange={(text) => {
              const words = withText(step[part], language, text)
              change(part === 'why' ? { why: orNone(words) } : { text: words })
            }}
          />
        )),
      )}
      <h4 className="protocol-wide">{t('protocols.form.answers')}</h4>
      <ol className="protocol-answers protocol-wide">
        {step.answers.map((answer, n) => (
          <AnswerForm
            key={answer.key}
            content={content}
            faults={faults}
            step={step}
            stepAt={at}
            answer={answer}
            at={n}
            onStep={change}
          />
        ))}
      </ol>
      <div className="protocol-wide">
        <Button
          size="small"
          disabled={step.answers.length >= 9}
          onClick={() => change(addAnswer(step))}
          data-testid="answer-add"
        >
          + {t('protocols.form.addAnswer')}
        </Button>
      </div>
    </div>
  )
}
