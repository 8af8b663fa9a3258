import { LEVELS, type LevelFigures } from '../../../server/contract/levels.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText, durationText, percentText } from '../../ui/formats.ts'
import { SIGNS, TONES, verdictOf } from './judge.ts'

/** Each level against its target: a figure, a sign, a word, and a bar with the target's line. */
export function Tiles({ total }: { total: LevelFigures }) {
  const { t, language } = useTexts()
  return (
    <div className="levels-tiles">
      {LEVELS.map(({ key, target, of }) => {
        const share = total[key]
        const verdict = verdictOf(key, share)
        return (
          <article key={key} className="levels-tile" data-verdict={verdict} data-testid={`level-${key}`}>
            <h3>{t(`levels.tile.${key}`)}</h3>
            <p className="levels-figure figures">{percentText(share)}</p>
            <p data-level={TONES[verdict]}>
              {share === null ? (
                t('levels.noData')
              ) : target === null ? (
                <span className="muted">{t('levels.noTarget')}</span>
              ) : (
                <b>
                  <span aria-hidden="true">{SIGNS[verdict]}</span>{' '}
                  {t(verdict === 'met' ? 'levels.met' : 'levels.missed')}
                </b>
              )}
            </p>
            <Bar share={share} target={target} verdict={verdict} />
            <p className="muted figures levels-small">
              {target === null ? null : <span>{t('levels.target', { target: `${target * 100}%` })}</span>}
              <span>
                {of === 'dispatch'
                  ? t('levels.of', { n: countText(total.dispatches) })
                  : t('levels.of', { n: countText(total.calls) })}
              </span>
              {of === 'answer' && total.waiting > 0 ? (
                <b data-level="late">{t('levels.waiting', { n: countText(total.waiting) })}</b>
              ) : null}
            </p>
          </article>
        )
      })}
      <article className="levels-tile" data-testid="level-mean">
        <h3>{t('levels.mean')}</h3>
        <p className="levels-figure figures">
          {total.meanSeconds === null ? '—' : durationText(total.meanSeconds, language)}
        </p>
        <p className="muted figures levels-small">{t('levels.of', { n: countText(total.answered) })}</p>
      </article>
    </div>
  )
}

/** From 80 % to 100 %, where all of it happens. */
const LEAST = 0.8
const placeOf = (share: number) => `${Math.max(0, Math.min(1, (share - LEAST) / (1 - LEAST))) * 100}%`

function Bar({ share, target, verdict }: { share: number | null; target: number | null; verdict: string }) {
  return (
    <div className="levels-bar" aria-hidden="true">
      <i data-verdict={verdict} style={{ width: share === null ? 0 : placeOf(share) }} />
      {target === null ? null : <b style={{ left: placeOf(target) }} />}
    </div>
  )
}
