import { Button, Select } from 'antd'
import { OUTCOMES, type Outcome } from '../../../server/contract/kinds.ts'
import type { AnswerAction, ProtocolAnswer, ProtocolContent, ProtocolStep } from '../../../server/contract/protocol.ts'
import type { ProtocolFault } from '../../../server/contract/protocol-check.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { changeAnswer, moveAnswer, orNone, removeAnswer, withText } from './edits.ts'
import { Labelled, TextField, useFault } from './field.tsx'

interface Props {
  content: ProtocolContent
  faults: readonly ProtocolFault[]
  step: ProtocolStep
  stepAt: number
  answer: ProtocolAnswer
  at: number
  onStep(step: ProtocolStep): void
}

type Target = `step ${string}` | `end ${Outcome}` | ''

/** One answer: its words, what it does, where it leads. */
export function AnswerForm(props: Props) {
  const { content, faults, step, stepAt, answer, at, onStep } = props
  const { t, language } = useTexts()
  const place = `steps.${stepAt}.answers.${at}`
  const nextFault = useFault(faults, `${place}.next`)
  const ownFault = useFault(faults, place)
  const actionFault = useFault(faults, `${place}.action`)
  const change = (one: Partial<ProtocolAnswer>) => onStep(changeAnswer(step, at, one))
  const { action } = answer
  const target: Target =
    action?.type === 'resolve' ? `end ${action.outcome}` : answer.next === null ? '' : `step ${answer.next}`
  const lead = (to: Target) => {
    const [what, id = ''] = to.split(' ')
    if (what === 'end') {
      const reason = action?.type === 'resolve' ? action.reason : null
      change({ next: null, action: { type: 'resolve', outcome: id as Outcome, reason } })
    } else change({ next: id || null, action: action?.type === 'resolve' ? null : action })
  }
  return (
    <li className="protocol-answer" data-testid="answer-form">
      <span className="step-no figures" aria-hidden="true">
        {answer.key}
      </span>
      <div className="protocol-answer-fields">
        <TextField
          label={t('protocols.form.labelZh')}
          value={answer.label['zh-CN']}
          place={`${place}.label.zh-CN`}
          faults={faults}
          name={`answer-zh-${answer.key}`}
          onChange={(text) => change({ label: withText(answer.label, 'zh-CN', text) })}
        />
        <TextField
          label={t('protocols.form.labelEn')}
          value={answer.label.en}
          place={`${place}.label.en`}
          faults={faults}
          name={`answer-en-${answer.key}`}
          onChange={(text) => change({ label: withText(answer.label, 'en', text) })}
        />
        <Labelled label={t('protocols.form.next')} fault={nextFault ?? ownFault ?? actionFault}>
          <Select<Target>
            value={target}
            status={nextFault || ownFault || actionFault ? 'error' : ''}
            aria-label={`${t('protocols.form.answerN', { n: answer.key })} ${t('protocols.form.next')}`}
            popupMatchSelectWidth={false}
            options={[
              { value: '', label: t('protocols.form.noNext') },
              {
                label: t('protocols.form.steps'),
                options: content.steps.map((one, n) => ({
                  value: `step ${one.id}` as const,
                  label: `${n + 1} ${one.text[language] || one.id}`,
                })),
              },
              {
                label: t('protocol.does.resolve'),
                options: OUTCOMES.map((outcome) => ({
                  value: `end ${outcome}` as const,
                  label: `■ ${t(`outcome.${outcome}`)}`,
                })),
              },
            ]}
            onChange={lead}
          />
        </Labelled>
        <Labelled label={t('protocols.form.contact')}>
          <Select
            value={answer.contact ?? ''}
            aria-label={`${t('protocols.form.answerN', { n: answer.key })} ${t('protocols.form.contact')}`}
            options={[
              { value: '', label: t('protocols.form.contactNone') },
              { value: 'made', label: t('protocols.form.contactMade') },
              { value: 'none', label: t('protocols.form.contactNo') },
            ]}
            onChange={(contact) => change({ contact: contact === 'made' || contact === 'none' ? contact : null })}
          />
        </Labelled>
        {action?.type === 'resolve' ? null : (
          <Labelled label={t('protocols.form.action')}>
            <Select
              value={action?.type ?? ''}
              aria-label={`${t('protocols.form.answerN', { n: answer.key })} ${t('protocols.form.action')}`}
              options={[
                { value: '', label: t('protocols.form.actionNone') },
                { value: 'dispatch', label: t('protocol.does.dispatch') },
                { value: 'arrive', label: t('protocol.does.arrive') },
              ]}
              onChange={(type) => change({ action: actionOf(type) })}
            />
          </Labelled>
        )}
        <Presets {...props} place={place} onAction={(one) => change({ action: one })} />
      </div>
      <span className="protocol-answer-tools">
        <Button
          size="small"
          type="text"
          aria-label={t('protocols.form.up')}
          disabled={at === 0}
          onClick={() => onStep(moveAnswer(step, at, -1))}
        >
          ↑
        </Button>
        <Button
          size="small"
          type="text"
          aria-label={t('protocols.form.down')}
          disabled={at === step.answers.length - 1}
          onClick={() => onStep(moveAnswer(step, at, 1))}
        >
          ↓
        </Button>
        <Button
          size="small"
          type="text"
          danger
          aria-label={`${t('protocols.form.remove')} ${t('protocols.form.answerN', { n: answer.key })}`}
          onClick={() => onStep(removeAnswer(step, at))}
        >
          ✕
        </Button>
      </span>
    </li>
  )
}

function actionOf(type: string): AnswerAction | null {
  if (type === 'dispatch') return { type, to: null, text: null }
  return type === 'arrive' ? { type } : null
}

/** What the action's dialog starts with. */
function Presets({
  answer: { action },
  place,
  faults,
  onAction,
}: Props & { place: string; onAction(action: AnswerAction): void }) {
  const { t } = useTexts()
  if (action === null || action.type === 'arrive') return null
  const parts =
    action.type === 'dispatch'
      ? ([
          ['to', 'protocols.form.to', action.to],
          ['text', 'protocols.form.brief', action.text],
        ] as const)
      : ([['reason', 'protocols.form.reason', action.reason]] as const)
  return parts.map(([part, label, words]) =>
    (['zh-CN', 'en'] as const).map((language) => (
      <TextField
        key={`${part} ${language}`}
        label={`${t(label)} · ${t(language === 'en' ? 'protocols.form.labelEn' : 'protocols.form.labelZh')}`}
        value={words?.[language] ?? ''}
        place={`${place}.action.${part}.${language}`}
        faults={faults}
        onChange={(text) => onAction({ ...action, [part]: orNone(withText(words, language, text)) })}
      />
    )),
  )
}
