import type { ReasonView } from '../../server/contract/reason.ts'
import { useTexts } from '../i18n/i18n.ts'
import { figureText } from './formats.ts'
import { Link } from './link.tsx'
import './reason.css'

interface Props {
  reason: ReasonView
  /** Links to the settings that were in force: for those who may open the office pages. */
  linked?: boolean
}

/** Why: one sentence, and on demand the rule, the figures that it looked at and the settings that were in force. */
export function Reason({ reason, linked = false }: Props) {
  const { t, language } = useTexts()
  const { rule, explanation, values, settingsVersion } = reason
  const settings =
    settingsVersion === 0
      ? t('detection.reason.delivered')
      : t('detection.reason.settings', { version: settingsVersion })
  return (
    <div className="reason">
      <p>{explanation[language]}</p>
      <details>
        <summary>{t('detection.reason.why')}</summary>
        <dl>
          <dt>{t('detection.reason.rule')}</dt>
          <dd>
            <code>{rule}</code>
          </dd>
          {Object.entries(values).map(([name, value]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd className="figures">{figureText(value, language)}</dd>
            </div>
          ))}
        </dl>
        {linked && settingsVersion > 0 ? (
          <Link to={`/admin/detection/versions/${settingsVersion}`}>{settings}</Link>
        ) : (
          <small className="muted">{settings}</small>
        )}
      </details>
    </div>
  )
}
