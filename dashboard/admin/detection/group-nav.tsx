import { useTexts } from '../../i18n/i18n.ts'
import type { Change, Draft, Fault } from './draft.ts'
import { FIELDS_OF, type FieldPath, GROUPS, type Group } from './fields.ts'

interface Props {
  group: Group
  draft: Draft
  changes: readonly Change[]
  faults: ReadonlyMap<FieldPath, Fault>
  onGroup(group: Group): void
}

/** The groups, with how much in each is set here, unsaved or wrong. */
export function GroupNav({ group, draft, changes, faults, onGroup }: Props) {
  const { t } = useTexts()
  return (
    <nav className="panel setting-groups" aria-label={t('detection.tab')}>
      {GROUPS.map((one) => {
        const paths = FIELDS_OF[one].map(({ path }) => path)
        const own = paths.filter((path) => path in draft).length
        const unsaved = changes.some(({ path }) => paths.includes(path))
        const wrong = paths.some((path) => faults.has(path))
        return (
          <button
            key={one}
            type="button"
            aria-current={one === group}
            data-testid={`group-${one}`}
            onClick={() => onGroup(one)}
          >
            <span>{t(`detection.group.${one}`)}</span>
            {wrong ? <b data-tone="late">!</b> : unsaved ? <b data-tone="soon">•</b> : null}
            {own > 0 ? (
              <small className="figures" title={t('detection.head.own', { n: own })}>
                {own}
              </small>
            ) : null}
          </button>
        )
      })}
    </nav>
  )
}
