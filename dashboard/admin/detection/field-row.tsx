import { Button } from 'antd'
import type { SettingsView } from '../../../server/contract/detection.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { type Draft, type Fault, sourceOf, type Value, valueAt } from './draft.ts'
import { FieldInput } from './field-input.tsx'
import type { Field } from './fields.ts'
import { faultText, hintOf, labelOf, valueText } from './value-text.ts'

interface Props {
  field: Field
  view: SettingsView
  draft: Draft
  /** What was said before the unsaved changes. */
  saved: Draft
  fault: Fault | undefined
  onChange(value: Value | undefined): void
}

/** One setting: what it is, its value, and where that comes from. */
export function FieldRow({ field, view, draft, saved, fault, onChange }: Props) {
  const { t } = useTexts()
  const { path } = field
  const [value, inherited] = [draft[path], valueAt(view.inherited, path)]
  const id = `setting-${path}`
  const source = sourceOf(view.above, path) ?? 'delivered'
  const origin = t(value === undefined ? `detection.from.${source}` : `detection.instead.${source}`, {
    value: valueText(field, inherited, t),
  })
  const unsaved = JSON.stringify(value) !== JSON.stringify(saved[path])
  const beside = fault?.code === 'order' ? (draft[fault.other] ?? valueAt(view.inherited, fault.other)) : undefined
  return (
    <div
      className="setting"
      data-own={value !== undefined || undefined}
      data-unsaved={unsaved || undefined}
      data-testid={`setting-${path}`}
    >
      <div className="setting-words">
        <label htmlFor={id}>{labelOf(path, t)}</label>
        <small id={`${id}-hint`}>{hintOf(path, t)}</small>
      </div>
      <div className="setting-value">
        <FieldInput
          field={field}
          id={id}
          value={value}
          inherited={inherited}
          wrong={fault !== undefined}
          describedBy={`${id}-hint ${id}-from`}
          onChange={onChange}
        />
        {fault ? (
          <small className="setting-fault" role="alert">
            {faultText(field, fault, beside, t)}
          </small>
        ) : null}
      </div>
      <div className="setting-from">
        <small id={`${id}-from`}>
          {unsaved ? <b className="setting-mark" data-unsaved>{`${t('detection.changedMark')} `}</b> : null}
          {value !== undefined && !unsaved ? <b className="setting-mark">{`${t('detection.ownMark')} `}</b> : null}
          <span>{origin}</span>
        </small>
        {value === undefined ? null : (
          <Button
            size="small"
            type="link"
            aria-label={t('detection.inheritOf', { label: labelOf(path, t) })}
            onClick={() => onChange(undefined)}
            data-testid={`inherit-${path}`}
          >
            {t('detection.inherit')}
          </Button>
        )}
      </div>
    </div>
  )
}
