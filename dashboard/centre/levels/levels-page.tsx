import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { levelsQuery } from '../../api/levels-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState } from '../../ui/states.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { centrePath } from '../routes.ts'
import { Levels } from './levels.tsx'
import { Reviews } from './reviews.tsx'
import '../../admin/devices/panels.css'
import '../../watch/watch.css'
import './levels.css'

type View = 'levels' | 'reviews'

/** Service levels as they stand, and the reviews of calls that waited too long. */
export default function LevelsPage({ id }: CentrePageProps) {
  const { t } = useTexts()
  const { data } = useQuery(levelsQuery({ hours: 24, category: 'calls', by: 'operator' }))
  if (id !== null && id !== 'reviews') {
    return (
      <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
        <Button onClick={() => navigate(centrePath('levels'))}>{t('levels.views.levels')}</Button>
      </EmptyState>
    )
  }
  const open = data?.openReviews ?? 0
  return (
    <section data-testid="levels">
      <Segmented<View>
        className="centre-views"
        value={id === null ? 'levels' : 'reviews'}
        onChange={(chosen) => navigate(chosen === 'levels' ? centrePath('levels') : centrePath('levels', chosen))}
        options={[
          { value: 'levels', label: t('levels.views.levels') },
          {
            value: 'reviews',
            label: open > 0 ? t('levels.views.reviews', { n: open }) : t('levels.views.reviewsNone'),
          },
        ]}
      />
      {id === null ? <Levels /> : <Reviews />}
    </section>
  )
}
