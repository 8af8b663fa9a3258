import { Button } from 'antd'
import { type KeyboardEvent, useState } from 'react'
import type { ProtocolAnswer, ProtocolContent } from '../../../server/contract/protocol.ts'
import { type Answered, answerOf, runProtocol } from '../../../server/contract/protocol-run.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Key } from '../../ui/key.tsx'

/** Plays the protocol as it stands in the editor; nothing is saved or done. */
export function Preview({ content }: { content: ProtocolContent }) {
  const { t, language } = useTexts()
  const [answers, setAnswers] = useState<Answered[]>([])
  const { path, current } = runProtocol(content.steps, answers)
  const last = path.at(-1)
  const ended = last ? answerOf(content.steps, last)?.action : undefined
  const give = (answer: ProtocolAnswer) => {
    if (current) setAnswers([...path, { stepId: current.id, key: answer.key }])
  }
  const keys = (event: KeyboardEvent) => {
    const found = current?.answers.find(({ key }) => String(key) === event.key)
    if (found) give(found)
  }
  return (
    <section aria-label={t('protocols.preview.title')} data-testid="protocol-preview">
      <p className="muted">{t('protocols.preview.hint')}</p>
      <ol className="preview-path">
        {path.map((one, n) => {
          const step = content.steps.find(({ id }) => id === one.stepId)
          // A step can be passed more than once.
          const key = `${n} ${one.stepId}`
          return (
            <li key={key}>
              <span className="muted">{step?.text[language]}</span>{' '}
              <b>→ {answerOf(content.steps, one)?.label[language]}</b>
            </li>
          )
        })}
      </ol>
      {current && current.answers.length > 0 ? (
        <div className="preview-step">
          <small className="muted">{t(`protocols.type.${current.type}`)}</small>
          <p className="preview-text">{current.text[language] || current.id}</p>
          {current.why ? <p className="muted">{current.why[language]}</p> : null}
          <div className="preview-answers">
            {current.answers.map((answer) => (
              <Button
                key={answer.key}
                onClick={() => give(answer)}
                onKeyDown={keys}
                aria-keyshortcuts={String(answer.key)}
                data-testid={`preview-${answer.key}`}
              >
                <Key name={String(answer.key)} /> {answer.label[language] || '…'}
                {answer.action ? <small className="muted">{t(`protocol.does.${answer.action.type}`)}</small> : null}
              </Button>
            ))}
          </div>
        </div>
      ) : (
        <p className="preview-end" data-testid="preview-end">
          {ended?.type === 'resolve'
            ? `■ ${t('protocols.preview.ended', { outcome: t(`outcome.${ended.outcome}`) })}`
            : `✗ ${t('protocols.preview.stuck')}`}
        </p>
      )}
      <Button size="small" disabled={path.length === 0} onClick={() => setAnswers([])}>
        {t('protocols.preview.restart')}
      </Button>
    </section>
  )
}
