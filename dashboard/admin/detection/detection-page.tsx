import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useEffect, useState } from 'react'
import type { SettingScope } from '../../../server/contract/detect-settings.ts'
import type { SettingsView } from '../../../server/contract/detection.ts'
import { hasCode } from '../../api/client.ts'
import { detectSettingsQuery, settingsVersionQuery } from '../../api/detection-queries.ts'
import { devicePageQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { ResidentSelect } from '../devices/resident-select.tsx'
import { type OfficeRoute, settingsPage } from '../routes.ts'
import { SettingsEditor } from './settings-editor.tsx'

type DetectionRoute = Extract<OfficeRoute, { tab: 'detection' }>

/** What the detectors go by: for the city, a home, a resident or a device. */
export function DetectionPage({ route }: { route: DetectionRoute }) {
  if (route.view === 'version') return <ByVersion version={route.version} />
  return <ScopePage key={`${route.scope}/${route.scopeId}`} route={route} />
}

function ScopePage({ route }: { route: Extract<DetectionRoute, { view: 'scope' }> }) {
  const { t } = useTexts()
  const { scope, scopeId } = route
  const chosen = scope === 'city' || scopeId !== ''
  const query = useQuery({ ...detectSettingsQuery({ scope, scopeId }), enabled: chosen })
  return (
    <article className="detection">
      <p className="office-lead detection-lead">{t('detection.lead')}</p>
      <ScopeChooser scope={scope} scopeId={scopeId} view={query.data} />
      {!chosen ? (
        <EmptyState
          title={t(scope === 'device' ? 'detection.choose.deviceTitle' : 'detection.choose.residentTitle')}
          text={t(scope === 'device' ? 'detection.choose.device' : 'detection.choose.resident')}
        />
      ) : query.data ? (
        <SettingsEditor view={query.data} version={route.version} />
      ) : query.isPending ? (
        <LateSkeleton rows={12} />
      ) : hasCode(query.error, 'not_found') ? (
        <EmptyState title={t('detection.head.none')} text={t('detection.head.noneText')} />
      ) : (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      )}
    </article>
  )
}

function ScopeChooser({
  scope,
  scopeId,
  view,
}: {
  scope: SettingScope
  scopeId: string
  view?: SettingsView | undefined
}) {
  const { t } = useTexts()
  const scopes: SettingScope[] =
    scope === 'home' ? ['city', 'home', 'resident', 'device'] : ['city', 'resident', 'device']
  return (
    <div className="office-tools detection-tools">
      <Segmented<SettingScope>
        value={scope}
        onChange={(next) => navigate(settingsPage(next, next === 'resident' ? (view?.subject.residentId ?? '') : ''))}
        options={scopes.map((value) => ({ value, label: t(`detection.scope.${value}`) }))}
      />
      {scope === 'resident' ? (
        <div className="detection-select" data-testid="choose-resident">
          <ResidentSelect
            name={view?.subject.name ?? null}
            value={scopeId || null}
            onChange={(residentId) => navigate(settingsPage('resident', residentId ?? ''))}
          />
        </div>
      ) : null}
      {scope === 'device' ? <DeviceSelect deviceId={scopeId} /> : null}
    </div>
  )
}

function DeviceSelect({ deviceId }: { deviceId: string }) {
  const { t } = useTexts()
  const [search, setSearch] = useState('')
  const { data, isFetching } = useQuery(devicePageQuery({ limit: 20, ...(search ? { search } : {}) }))
  return (
    <Select<string>
      className="detection-select"
      data-testid="choose-device"
      showSearch={{ filterOption: false, onSearch: setSearch }}
      allowClear
      placeholder={t('detection.choose.devicePlaceholder')}
      aria-label={t('detection.choose.devicePlaceholder')}
      value={deviceId || null}
      loading={isFetching}
      notFoundContent={<span className="muted">{t('detection.choose.deviceNone')}</span>}
      options={(data?.items ?? []).map((device) => ({
        value: device.deviceId,
        label: [device.deviceId, device.residentName, device.room].filter(Boolean).join(' · '),
      }))}
      onChange={(next) => navigate(settingsPage('device', next ?? ''))}
    />
  )
}

/** An alert names the version that it was judged by, not what that was made for. */
function ByVersion({ version }: { version: number }) {
  const { t } = useTexts()
  const { data, error, isPending, refetch } = useQuery(settingsVersionQuery(version))
  useEffect(() => {
    if (data) navigate(settingsPage(data.scope, data.scopeId, data.version))
  }, [data])
  if (isPending || data) return <LateSkeleton rows={12} />
  if (hasCode(error, 'not_found')) {
    return <EmptyState title={t('detection.head.none')} text={t('detection.head.noneText')} />
  }
  return <ErrorState title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
}
