import { Fragment } from 'react'
import type { SettingsView } from '../../../server/contract/detection.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Link } from '../../ui/link.tsx'
import { settingsPage } from '../routes.ts'
import { draftOf } from './draft.ts'

/** Whose settings these are, and the wider ones that they inherit from. */
export function SettingsHead({ view }: { view: SettingsView }) {
  const { t } = useTexts()
  const { scope, scopeId, subject, above } = view
  const title =
    scope === 'city'
      ? t('detection.head.city')
      : scope === 'home'
        ? t('detection.head.home')
        : scope === 'device'
          ? t('detection.head.device', { id: scopeId })
          : (subject.name ?? scopeId)
  const more = [scope === 'device' ? subject.name : null, subject.place].filter(Boolean).join(' · ')
  return (
    <header className="detection-head">
      <h2>{title}</h2>
      <span className="muted">{more}</span>
      <span className="office-space" />
      <p className="detection-layers muted">
        <span>{t('detection.head.layers')}</span> {t('detection.scope.delivered')}
        {above.map((layer) => {
          const own = Object.keys(draftOf(layer.settings)).length
          return (
            <Fragment key={layer.scope}>
              {' → '}
              <Link to={settingsPage(layer.scope, layer.scopeId)}>{t(`detection.scope.${layer.scope}`)}</Link>
              {own > 0 ? <small>{` (${t('detection.head.own', { n: own })})`}</small> : null}
            </Fragment>
          )
        })}
        {' → '}
        <b>{t(`detection.scope.${scope}`)}</b>
      </p>
    </header>
  )
}
