import { useQuery } from '@tanstack/react-query'
import type { ProfileView } from '../../../server/contract/desk.ts'
import { areasQuery } from '../../api/desk-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'

/** What is offered to somebody, in words. */
export function ProfileText({ of }: { of: ProfileView }) {
  const { t } = useTexts()
  const { skills, dialects, areas } = of.profile
  const { data } = useQuery({ ...areasQuery, enabled: areas.length > 0 })
  const names = new Map(data?.map(({ code, name }) => [code, name]))
  const between = t('distribution.comma')
  return (
    <dl className="desk-profile">
      <dt>{t('shift.skills')}</dt>
      <dd>{skills.map((skill) => t(`category.${skill}`)).join(between)}</dd>
      <dt>{t('shift.dialects')}</dt>
      <dd>{dialects.length === 0 ? t('shift.noDialects') : dialects.join(between)}</dd>
      <dt>{t('shift.areas')}</dt>
      <dd>{areas.length === 0 ? t('shift.everywhere') : areas.map((code) => names.get(code) ?? code).join(between)}</dd>
    </dl>
  )
}
