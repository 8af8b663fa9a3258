import { useTexts } from '../../i18n/i18n.ts'
import type { Change } from './draft.ts'
import { fieldAt } from './fields.ts'
import { labelOf, valueText } from './value-text.ts'

/** What a change does, setting by setting: old → new. @param most the rest is counted */
export function ChangeList({ changes, most = 100 }: { changes: readonly Change[]; most?: number }) {
  const { t } = useTexts()
  return (
    <ul className="change-list">
      {changes.slice(0, most).map(({ path, before, after }) => {
        const field = fieldAt(path)
        if (!field) return null
        return (
          <li key={path}>
            <span className="change-group muted">{t(`detection.group.${field.group}`)}</span>
            <span>{labelOf(path, t)}</span>
            <span className="figures">
              <del>{valueText(field, before, t)}</del> → <ins>{valueText(field, after, t)}</ins>
            </span>
          </li>
        )
      })}
      {changes.length > most ? (
        <li className="muted">{t('detection.history.moreChanges', { n: changes.length - most })}</li>
      ) : null}
    </ul>
  )
}
