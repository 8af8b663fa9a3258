import type { AuditRow } from '../../../server/contract/quality.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { RESULT_SIGNS, RESULT_TONES, STATE_TONES, stateOf } from './words.ts'

/** How it came to be audited. */
export function OriginTag({ of }: { of: Pick<AuditRow, 'origin' | 'stratum'> }) {
  const { t } = useTexts()
  return (
    <span className="watch-tag">{of.stratum === null ? t('quality.picked') : t(`quality.stratum.${of.stratum}`)}</span>
  )
}

/** The score with its verdict, or how far it is. */
export function StateTag({ of }: { of: AuditRow }) {
  const { t } = useTexts()
  if (of.result === null) {
    const state = stateOf(of)
    return (
      <span className="watch-tag" data-tone={STATE_TONES[state]}>
        {t(`quality.state.${state}`)}
      </span>
    )
  }
  return (
    <span className="quality-result">
      <b className="figures">{of.score === null ? t('quality.noScore') : t('quality.points', { n: of.score })}</b>
      <span className="watch-tag" data-tone={RESULT_TONES[of.result]}>
        <span aria-hidden="true">{RESULT_SIGNS[of.result]}</span> {t(`quality.result.${of.result}`)}
      </span>
    </span>
  )
}
