import { useQuery } from '@tanstack/react-query'
import type { TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { DeviceView } from '../../server/contract/api.ts'
import { devicesQuery } from '../api/queries.ts'
import { deviceKindText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { timeText } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { AddDevice } from './add-device.tsx'
import { type DeviceFilter, filterDevices } from './device-filter.ts'
import { FilteredList } from './filtered-list.tsx'

const NONE: DeviceView[] = []

/** All devices: which are alive, and a new one with its secret. */
export function Devices() {
  const { t } = useTexts()
  const query = useQuery(devicesQuery)
  const [filter, setFilter] = useState<DeviceFilter>({ text: '', state: 'all' })
  const [adding, setAdding] = useState(false)
  const columns = useColumns()
  const all = query.data ?? NONE
  const rows = useMemo(() => filterDevices(all, filter), [all, filter])
  return (
    <section>
      <FilteredList
        query={query}
        rows={rows}
        rowKey="deviceId"
        columns={columns}
        filter={filter}
        onFilter={setFilter}
        searchLabel={t('admin.device.search')}
        states={[
          { value: 'all', label: t('admin.device.all') },
          { value: 'online', label: t('common.online') },
          { value: 'offline', label: t('common.offline') },
        ]}
        total={t('admin.device.total', { n: all.length, online: all.filter((device) => device.online).length })}
        addLabel={t('admin.device.add')}
        addTestId="add-device"
        onAdd={() => setAdding(true)}
        empty={
          all.length === 0
            ? { title: t('admin.device.none'), text: t('admin.device.noneText') }
            : { title: t('admin.device.noMatch') }
        }
      />
      {adding ? <AddDevice onClose={() => setAdding(false)} /> : null}
    </section>
  )
}

function useColumns(): TableColumnsType<DeviceView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      { title: t('admin.device.id'), dataIndex: 'deviceId', sorter: (a, b) => (a.deviceId < b.deviceId ? -1 : 1) },
      { title: t('admin.device.kind'), dataIndex: 'kind', render: (kind: string) => deviceKindText(kind, t) },
      { title: t('admin.device.resident'), dataIndex: 'residentName', render: (name: string | null) => name ?? '—' },
      { title: t('admin.device.room'), dataIndex: 'room', render: (room: string | null) => room ?? '—' },
      {
        title: t('admin.device.online'),
        dataIndex: 'online',
        render: (online: boolean) => (
          <b data-level={online ? 'good' : 'late'}>{online ? t('common.online') : t('common.offline')}</b>
        ),
      },
      {
        title: t('admin.device.lastSeen'),
        dataIndex: 'lastSeenAt',
        render: (at: string | null) => (
          <span className="figures">{at ? timeText(at, serverNow(), language) : t('common.never')}</span>
        ),
        sorter: (a, b) => (a.lastSeenAt ?? '').localeCompare(b.lastSeenAt ?? ''),
      },
      {
        title: t('admin.device.battery'),
        dataIndex: 'battery',
        align: 'right',
        render: (battery: number | null) => (
          <span className="figures" data-level={battery !== null && battery <= 20 ? 'late' : 'none'}>
            {battery === null ? '—' : `${Math.round(battery)}%`}
          </span>
        ),
        sorter: (a, b) => (a.battery ?? 101) - (b.battery ?? 101),
      },
      { title: t('admin.device.protocol'), dataIndex: 'protocol' },
    ],
    [t, language],
  )
}
