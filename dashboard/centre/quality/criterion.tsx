import { Input } from 'antd'
import type { KeyboardEvent } from 'react'
import type { AuditDetail } from '../../../server/contract/quality.ts'
import type { Criterion, SheetAnswer } from '../../../server/contract/quality-sheet.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Key } from '../../ui/key.tsx'
import { choicesOf, valueOfKey } from './draft.ts'
import { evidenceText } from './evidence.ts'

interface Props {
  of: AuditDetail
  criterion: Criterion
  value: SheetAnswer['value'] | undefined
  note: string
  /** The last try to complete it found this one wanting. */
  isWanting: boolean
  onValue(value: SheetAnswer['value']): void
  onNote(note: string): void
  /** To the next (1) or the one before (-1). */
  onMove(by: 1 | -1): void
}

/** One criterion: what it asks, what the record says, the points as numbered keys, and why. */
export function CriterionField({ of, criterion, value, note, isWanting, onValue, onNote, onMove }: Props) {
  const { t, language } = useTexts()
  const { id, text, hint, critical, weight, evidence } = criterion
  const choose = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      // The browser would change the answer.
      event.preventDefault()
      onMove(event.key === 'ArrowDown' ? 1 : -1)
      return
    }
    const given = valueOfKey(criterion, event.key)
    if (given === null) return
    event.preventDefault()
    onValue(given)
    // A 0 says why; anything else goes on.
    if (given === 0) noteOf(id)?.focus()
    else onMove(1)
  }
  return (
    <fieldset className="criterion" data-criterion={id} data-wanting={isWanting || undefined}>
      <legend>
        {text[language]}
        {critical ? (
          <span className="watch-tag" data-tone="bad">
            {t('quality.critical')}
          </span>
        ) : null}
        <small className="muted">{t('quality.weight', { n: weight })}</small>
      </legend>
      {hint === null ? null : <p className="muted criterion-hint">{hint[language]}</p>}
      {evidence === null ? null : <p className="criterion-evidence">{evidenceText(evidence, of, t, language)}</p>}
      <div className="criterion-answer">
        <span className="criterion-choices">
          {choicesOf(criterion).map((one) => (
            <label key={one} data-chosen={value === one || undefined}>
              <input
                type="radio"
                name={id}
                className="visually-hidden"
                checked={value === one}
                onChange={() => onValue(one)}
                onKeyDown={choose}
              />
              <Key name={one === 'na' ? 'N' : String(one)} /> {t(`quality.${labelOf(criterion, one)}`)}
            </label>
          ))}
        </span>
        <Input
          className="criterion-note"
          id={noteId(id)}
          aria-label={`${text[language]} · ${t('quality.note')}`}
          status={isWanting && value === 0 ? 'error' : ''}
          placeholder={t(value === 0 ? 'quality.noteNeeded' : 'quality.addNote')}
          maxLength={1000}
          value={note}
          onChange={({ target }) => onNote(target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' && (event.key !== 'Enter' || event.ctrlKey)) return
            event.preventDefault()
            onMove(event.key === 'ArrowUp' ? -1 : 1)
          }}
        />
      </div>
    </fieldset>
  )
}

const noteId = (id: string) => `note-${id}`
const noteOf = (id: string) => document.getElementById(noteId(id))

function labelOf({ scale }: Criterion, value: SheetAnswer['value']) {
  const name = value === 'na' ? 'na' : value === 0 ? 'v0' : value === 1 ? 'v1' : 'v2'
  return scale === 'points' || name === 'v1' ? (`value.${name}` as const) : (`yesNo.${name}` as const)
}

/** Puts the focus on a criterion's chosen answer, or its first. */
export function focusCriterion(id: string): void {
  const field = document.querySelector(`[data-criterion="${id}"]`)
  const input =
    field?.querySelector<HTMLInputElement>('input:checked') ?? field?.querySelector<HTMLInputElement>('input')
  input?.focus()
  field?.scrollIntoView({ block: 'nearest' })
}
