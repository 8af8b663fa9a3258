import { Alert, Button, Input } from 'antd'
import { useRef, useState } from 'react'
import { useTexts } from '../../i18n/i18n.ts'
import type { Language } from '../../ui/formats.ts'
import { EXAMPLE_MAPPING } from './example-mapping.ts'
import { fieldErrors } from './form-errors.ts'
import { type Place, pathSteps, placeOf, syntaxErrorLine } from './json-places.ts'
import type { SaveSettings } from './save-settings.ts'
import { deviceErrorText } from './terms.ts'

interface Problem {
  message: string
  line: number | null
  place: Place | null
}

/** The mapping as text. What the server refuses is listed with its line; a click goes there. */
export function MappingEditor({ mapping, saving }: { mapping: unknown; saving: SaveSettings }) {
  const { t, language } = useTexts()
  const [text, setText] = useState(() => (mapping === null ? '' : JSON.stringify(mapping, null, 2)))
  const [sent, setSent] = useState(text)
  const [broken, setBroken] = useState<Problem | null>(null)
  const area = useRef<HTMLDivElement>(null)
  const submit = () => {
    const line = syntaxErrorLine(text)
    setBroken(line === null ? null : { message: t('devices.settings.notJson'), line, place: null })
    if (line !== null) return
    setSent(text)
    saving.save({ mapping: JSON.parse(text) as unknown })
  }
  const refused = saving.error ? problemsIn(sent, saving.error, language) : []
  const problems = broken ? [broken] : refused
  const goTo = (place: Place) => {
    const input = area.current?.querySelector('textarea')
    input?.focus()
    input?.setSelectionRange(place.from, place.to)
  }
  return (
    <div ref={area} className="mapping">
      <p className="muted panel-lead">
        {t(mapping === null ? 'devices.settings.mappingEmpty' : 'devices.settings.mappingHint')}
      </p>
      <div className="numbered">
        <pre aria-hidden="true">{text.split('\n').map((_, index) => `${index + 1}\n`)}</pre>
        <Input.TextArea
          aria-label={t('devices.settings.mapping')}
          wrap="off"
          rows={Math.min(24, Math.max(8, text.split('\n').length + 1))}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
          data-testid="mapping"
        />
      </div>
      {problems.length > 0 ? (
        <Alert
          type="error"
          showIcon
          className="form-alert"
          title={t('devices.settings.problems', { n: problems.length })}
          description={
            <ul className="problem-list">
              {problems.map((problem) => (
                <li key={`${problem.line}${problem.message}`}>
                  <ProblemPlace problem={problem} onGo={goTo} /> {problem.message}
                </li>
              ))}
            </ul>
          }
        />
      ) : saving.error ? (
        <Alert type="error" showIcon className="form-alert" title={deviceErrorText(saving.error, t)} />
      ) : null}
      <span className="office-actions">
        <Button type="primary" loading={saving.pending} onClick={submit} data-testid="save-settings">
          {t('devices.settings.save')}
        </Button>
        {text.trim() === '' ? (
          <Button onClick={() => setText(JSON.stringify(EXAMPLE_MAPPING, null, 2))}>
            {t('devices.settings.mappingExample')}
          </Button>
        ) : null}
      </span>
    </div>
  )
}

function ProblemPlace({ problem, onGo }: { problem: Problem; onGo(place: Place): void }) {
  const { t } = useTexts()
  const { line, place } = problem
  if (line === null) return null
  const words = t('devices.settings.place', { line })
  if (place === null) return <b className="figures">{words}</b>
  return (
    <Button type="link" size="small" className="figures" onClick={() => onGo(place)}>
      {words}
    </Button>
  )
}

/** Fields are paths into the body, `mapping.rules[0].topic`. */
function problemsIn(sent: string, error: unknown, language: Language): Problem[] {
  return fieldErrors(error, language).map(({ field, message }) => {
    const steps = pathSteps(field)
    const inside = steps[0] === 'mapping' ? steps.slice(1) : steps
    const place = placeOf(sent, inside)
    return { message: [inside.join('.'), message].filter(Boolean).join(': '), line: place.line, place }
  })
}
