import type { Role } from '../../server/contract/api.ts'
import { devicePage } from '../admin/routes.ts'
import { useTexts } from '../i18n/i18n.ts'
import { shortId, timeText } from '../ui/formats.ts'
import { Link } from '../ui/link.tsx'
import { serverNow } from '../ui/server-clock.ts'

/** A moment in the city's time, or a dash. */
export function Moment({ at }: { at: string | null }) {
  const { language } = useTexts()
  return <span className="figures">{at === null ? '—' : timeText(at, serverNow(), language)}</span>
}

interface Person {
  name: string
  age: number | null
  livesAlone: boolean
  caseId: string | null
}

/** Who it is, with what makes it urgent. */
export function Resident({ of }: { of: Person }) {
  const { t } = useTexts()
  return (
    <span className="watch-person">
      <b>{of.name}</b>
      {of.age === null ? null : <span className="muted figures">{t('common.years', { age: of.age })}</span>}
      {of.livesAlone ? <span className="watch-tag">{t('watch.alone')}</span> : null}
      <OpenCase caseId={of.caseId} />
    </span>
  )
}

export function OpenCase({ caseId }: { caseId: string | null }) {
  const { t } = useTexts()
  return caseId === null ? null : (
    <span className="watch-tag figures" data-tone="case">
      {t('watch.openCase', { id: shortId(caseId) })}
    </span>
  )
}

/** A device's id; its page is open to administrators only. */
export function DeviceId({ deviceId, role }: { deviceId: string; role: Role }) {
  return role === 'admin' ? <Link to={devicePage(deviceId)}>{deviceId}</Link> : <span>{deviceId}</span>
}
