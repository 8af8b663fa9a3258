import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import type { GapView } from '../../../server/contract/roster.ts'
import { GAPS_KEY, markGapSeen, wallQuery } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, dayText } from '../../ui/formats.ts'
import { byPressing } from './figures.ts'

/** Who is missing, the most pressing first. */
export function WallGaps({ gaps }: { gaps: readonly GapView[] }) {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const seen = useMutation({
    mutationFn: markGapSeen,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: wallQuery.queryKey })
      void client.invalidateQueries({ queryKey: GAPS_KEY })
    },
  })
  const time = (from: string, until: string) =>
    `${dayText(from, language)} ${clockTime(from).slice(0, 5)}–${clockTime(until).slice(0, 5)}`
  return (
    <section className="wall-part wall-gaps" aria-label={t('gap.title')}>
      <h3>{t('gap.title')}</h3>
      {seen.error ? <p role="alert">{errorText(seen.error, t)}</p> : null}
      {gaps.length === 0 ? (
        <p data-level="good">✓ {t('gap.none')}</p>
      ) : (
        <ul>
          {byPressing(gaps).map(
            ({ gapId, kind, horizon, person, pattern, skill, area, need, have, from, until, seenBy }) => (
              <li key={gapId} data-horizon={horizon} data-testid="wall-gap" data-kind={kind}>
                <b>
                  {horizon === 'now' ? '⚠' : '◷'} {t(`gap.kind.${kind}`)}
                </b>
                <span>
                  {[
                    person?.displayName ??
                      (kind === 'late' || kind === 'fell_away' ? '' : t('gap.have', { have, need })),
                    skill === null ? '' : t(`category.${skill}`),
                    area?.name,
                    pattern,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
                <span className="muted figures wall-when">
                  {t(`gap.horizon.${horizon}`)} · {time(from, until)}
                </span>
                {seenBy.length === 0 ? (
                  <Button
                    size="small"
                    loading={seen.isPending}
                    onClick={() => seen.mutate(gapId)}
                    data-testid="gap-seen"
                  >
                    {t('gap.seen')}
                  </Button>
                ) : (
                  <small className="muted">
                    {t('gap.seenBy', { names: seenBy.map(({ displayName }) => displayName).join('、') })}
                  </small>
                )}
              </li>
            ),
          )}
        </ul>
      )}
    </section>
  )
}
