import { useQuery } from '@tanstack/react-query'
import { Button, Input, Segmented, Select } from 'antd'
import { useEffect, useState } from 'react'
import type { LifecycleState, Protocol } from '../../../server/contract/device.ts'
import { statsQuery } from '../../api/queries.ts'
import { deviceKindText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { countText } from '../../ui/formats.ts'
import { devicePage } from '../routes.ts'
import { type FilterChange, type ListState, listState, withFilter } from './list-state.ts'
import { ScanButton } from './scan.tsx'
import { KINDS, LIFECYCLE, PROTOCOLS, protocolText } from './terms.ts'

interface Props {
  state: ListState
  selected: number
  onLabels(): void
  onUnselect(): void
}

/** Search and filters above the list, and what can be done. */
export function ListTools({ state, selected, onLabels, onUnselect }: Props) {
  const { t } = useTexts()
  return (
    <>
      <div className="office-tools device-tools">
        <Search value={state.filter.search ?? ''} />
        <ScanButton
          label={t('devices.list.scan')}
          onScan={(found) => {
            if (found.is === 'device') navigate(devicePage(found.deviceId))
            else change({ search: found.address })
          }}
        />
        <Filters state={state} />
        <span className="office-space" />
        <Button onClick={() => navigate('/admin/import-devices')}>{t('devices.list.import')}</Button>
        <Button type="primary" onClick={() => navigate('/admin/add-device')} data-testid="add-device">
          {t('devices.list.add')}
        </Button>
      </div>
      <div className="office-tools device-totals">
        <Totals />
        {selected > 0 ? (
          <>
            <Button size="small" onClick={onLabels} data-testid="print-labels">
              {t('devices.list.labelsOf', { n: selected })}
            </Button>
            <Button size="small" type="link" onClick={onUnselect}>
              {t('devices.list.unselect')}
            </Button>
          </>
        ) : null}
      </div>
    </>
  )
}

function Totals() {
  const { t } = useTexts()
  const { data: stats } = useQuery(statsQuery)
  const n = stats ? countText(stats.devicesTotal) : '—'
  const online = stats ? countText(stats.devicesOnline) : '—'
  return <span className="muted figures">{t('devices.list.total', { n: n as never, online: online as never })}</span>
}

const change = (filter: FilterChange) => listState.set(withFilter(listState.get(), filter))

/** After the last key, ms: a request for each letter would only be thrown away. */
const TYPING_MS = 300

function Search({ value }: { value: string }) {
  const { t } = useTexts()
  const [text, setText] = useState(value)
  // What was searched from elsewhere (a scan, a cleared filter) is shown too.
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => change({ search: text.trim() }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, value])
  return (
    <Input.Search
      allowClear
      className="office-search"
      maxLength={60}
      placeholder={t('devices.list.search')}
      aria-label={t('devices.list.search')}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onSearch={(now) => change({ search: now.trim() })}
    />
  )
}

type Online = 'all' | 'online' | 'offline'

function Filters({ state: { filter } }: { state: ListState }) {
  const { t } = useTexts()
  const online: Online = filter.online === undefined ? 'all' : filter.online ? 'online' : 'offline'
  return (
    <>
      <Segmented<Online>
        value={online}
        aria-label={t('devices.list.state')}
        onChange={(wanted) => change({ online: wanted === 'all' ? undefined : wanted === 'online' })}
        options={[
          { value: 'all', label: t('devices.list.all') },
          { value: 'online', label: t('common.online') },
          { value: 'offline', label: t('common.offline') },
        ]}
      />
      <Filter
        label={t('devices.list.kind')}
        value={filter.kind}
        options={KINDS.map((kind) => ({ value: kind, label: deviceKindText(kind, t) }))}
        onChange={(kind) => change({ kind })}
      />
      <Filter
        label={t('devices.list.lifecycle')}
        value={filter.lifecycle}
        options={LIFECYCLE.map((value) => ({ value, label: t(`lifecycle.${value}`) }))}
        onChange={(lifecycle) => change({ lifecycle: lifecycle as LifecycleState | undefined })}
      />
      <Filter
        label={t('devices.list.protocol')}
        value={filter.protocol}
        options={PROTOCOLS.map((value) => ({ value, label: protocolText(value, t) }))}
        onChange={(protocol) => change({ protocol: protocol as Protocol | undefined })}
      />
      {filter.hubId ? (
        <Button onClick={() => change({ hubId: '' })}>
          {t('devices.unknown.via', { id: filter.hubId })} <span aria-hidden="true">×</span>
        </Button>
      ) : null}
    </>
  )
}

function Filter(props: {
  label: string
  value: string | undefined
  options: { value: string; label: string }[]
  onChange(value: string | undefined): void
}) {
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      className="device-filter"
      popupMatchSelectWidth={false}
      placeholder={props.label}
      aria-label={props.label}
      value={props.value}
      options={props.options}
      onChange={(value: string | undefined) => props.onChange(value)}
    />
  )
}
