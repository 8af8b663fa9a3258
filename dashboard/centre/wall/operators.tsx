import type { WallView } from '../../../server/contract/wall.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { Age } from '../../ui/ticking.tsx'
import { SignOff } from './sign-off.tsx'

/** Who is there, in which status, and with what in hand. */
export function Operators({ operators, assists }: Pick<WallView, 'operators' | 'assists'>) {
  const { t } = useTexts()
  return (
    <section className="wall-part wall-operators" aria-label={t('wall.operators')}>
      <h3>{t('wall.operators')}</h3>
      {operators.length === 0 ? <EmptyState title={t('wall.noOperators')} /> : null}
      <ul>
        {operators.map((operator) => {
          const { userId, displayName, status, away, muted, cases, until } = operator
          const shown = away ? 'away' : status
          return (
            <li key={userId} data-status={shown} data-testid="wall-operator">
              <b className="wall-name">{displayName}</b>
              <span className="wall-status">
                <i aria-hidden="true">{SIGNS[shown]}</i> {t(`wall.status.${shown}`)}
                {muted ? <em> · {t('wall.muted')}</em> : null}
              </span>
              <span className="wall-cases">
                {cases.length === 0 ? <span className="muted">{t('wall.free')}</span> : null}
                {cases.slice(0, 3).map(({ caseId, kind, since }) => {
                  const with_ = assists.filter((one) => one.caseId === caseId).map((one) => one.displayName)
                  return (
                    <span key={caseId}>
                      {t(`kind.${kind}`)} <Age since={since} />
                      {with_.length > 0 ? <em> {t('wall.assisted', { name: with_.join('、') })}</em> : null}
                    </span>
                  )
                })}
                {cases.length > 3 ? <span>+{cases.length - 3}</span> : null}
              </span>
              <span className="wall-until">
                <span className="muted figures">{until === null ? '' : `→ ${clockTime(until).slice(0, 5)}`}</span>
                {status === 'off' ? null : <SignOff operator={operator} />}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const SIGNS = { ready: '●', busy: '◐', break: '◌', off: '○', away: '⚠' } as const
