import { useQuery } from '@tanstack/react-query'
import { ROLES, type Session } from '../../server/contract/api.ts'
import { openGapsQuery } from '../api/shift-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { navigate } from '../router.ts'

/** How many are missing now or soon, for supervisors; leads to the wall. Nothing when nobody is. */
export function GapBadge({ session }: { session: Session }) {
  const { t } = useTexts()
  const may = ROLES.indexOf(session.role) >= ROLES.indexOf('supervisor')
  const { data } = useQuery({ ...openGapsQuery, enabled: may })
  const pressing = data?.items.filter(({ horizon }) => horizon !== 'day') ?? []
  if (pressing.length === 0) return null
  const isNow = pressing.some(({ horizon, seenBy }) => horizon === 'now' && seenBy.length === 0)
  return (
    <button
      type="button"
      className="pill pill-user"
      data-tone={isNow ? 'bad' : 'busy'}
      data-testid="gap-badge"
      onClick={() => navigate('/centre/wall')}
    >
      {t('gap.badge', { n: pressing.length })}
    </button>
  )
}
