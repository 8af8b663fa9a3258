import { Button } from 'antd'
import type { DetectSettings } from '../../../../server/contract/detect-settings.ts'
import type { SettingsView } from '../../../../server/contract/detection.ts'
import type { Fence, LonLat } from '../../../../server/contract/fence.ts'
import { useTexts } from '../../../i18n/i18n.ts'
import type { Draft } from '../draft.ts'
import { hintOf, labelOf } from '../value-text.ts'
import { FenceEditor } from './fence-editor.tsx'
import './fences.css'

interface Props {
  view: SettingsView
  draft: Draft
  onChange(fences: readonly Fence[] | undefined): void
  /** Something is typed that can't be read. */
  onUnreadable(unreadable: boolean): void
}
type Fences = DetectSettings['wandering']['fences']

/** The safe areas: drawn and typed for a home, a resident or a device; a city has none. */
export function FenceField({ view, draft, onChange, onUnreadable }: Props) {
  const { t } = useTexts()
  const own = draft['wandering.fences'] as Fences | undefined
  const inherited = view.inherited.wandering.fences
  const { home: place } = view.subject
  const home: LonLat | null = place && place.lat !== null && place.lon !== null ? [place.lon, place.lat] : null
  return (
    <section className="fence-field" data-own={own !== undefined || undefined} data-testid="fences">
      <div className="setting-words">
        <b>{labelOf('wandering.fences', t)}</b>
        <small>{hintOf('wandering.fences', t)}</small>
        {own !== undefined && view.scope !== 'city' ? (
          <Button
            size="small"
            type="link"
            aria-label={t('detection.inheritOf', { label: labelOf('wandering.fences', t) })}
            onClick={() => onChange(undefined)}
          >
            {t('detection.inherit')}
          </Button>
        ) : null}
      </div>
      {view.scope === 'city' ? (
        <p className="muted">{t('detection.fence.city')}</p>
      ) : own === undefined && inherited.length > 0 ? (
        <p className="fence-inherited">
          {t('detection.fence.inherited', { n: inherited.length })}{' '}
          <Button size="small" onClick={() => onChange(inherited)}>
            {t('detection.fence.edit')}
          </Button>
        </p>
      ) : (
        <FenceEditor fences={own ?? []} home={home} onChange={onChange} onUnreadable={onUnreadable} />
      )}
    </section>
  )
}
