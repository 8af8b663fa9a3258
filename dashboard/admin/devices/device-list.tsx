import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Button, Select, Table } from 'antd'
import { useState } from 'react'
import type { DeviceView } from '../../../server/contract/device.ts'
import { devicePageQuery, modelsQuery } from '../../api/device-queries.ts'
import type { DevicePage } from '../../api/types.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { useStore } from '../../ui/store.ts'
import { devicePage } from '../routes.ts'
import { LabelDialog } from './labels.tsx'
import { useDeviceColumns } from './list-columns.tsx'
import { FRESH_LIST, type ListState, listState, PAGE_SIZES, toQuery } from './list-state.ts'
import { ListTools } from './list-tools.tsx'

const NONE: DeviceView[] = []

/** Height of the office pages' top bar, see office.css. */
const OFFICE_TOP_PX = 52

/** All devices: which are alive, whose they are, what stage they are at. */
export function DeviceList() {
  const state = useStore(listState)
  const query = useQuery(devicePageQuery(toQuery(state)))
  const [selected, setSelected] = useState<readonly DeviceView[]>(NONE)
  const [printing, setPrinting] = useState(false)
  return (
    <section className="devices">
      <ListTools
        state={state}
        selected={selected.length}
        onLabels={() => setPrinting(true)}
        onUnselect={() => setSelected(NONE)}
      />
      <ListBody state={state} query={query} selected={selected} onSelect={setSelected} />
      {printing ? <LabelDialog devices={selected} onClose={() => setPrinting(false)} /> : null}
    </section>
  )
}

interface BodyProps {
  state: ListState
  query: UseQueryResult<DevicePage>
  selected: readonly DeviceView[]
  onSelect(devices: readonly DeviceView[]): void
}

function ListBody({ state, query, selected, onSelect }: BodyProps) {
  const { t } = useTexts()
  const models = useQuery(modelsQuery).data ?? []
  const columns = useDeviceColumns(models)
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={10} />
  const { items, nextCursor } = query.data
  if (items.length === 0 && state.cursors.length === 1)
    return <NoDevices filtered={Object.keys(state.filter).length > 0} />
  return (
    <>
      <Table<DeviceView>
        rowKey="deviceId"
        size="small"
        className="device-table"
        columns={columns}
        dataSource={items}
        pagination={false}
        scroll={{ x: 'max-content' }}
        sticky={{ offsetHeader: OFFICE_TOP_PX }}
        rowSelection={{
          selectedRowKeys: selected.map(({ deviceId }) => deviceId),
          preserveSelectedRowKeys: true,
          columnWidth: 40,
          getCheckboxProps: ({ deviceId }) => ({ 'aria-label': deviceId }),
          onChange: (_, rows) => onSelect(rows),
        }}
        onRow={(device) => ({ onClick: () => navigate(devicePage(device.deviceId)) })}
        aria-busy={query.isPlaceholderData}
        data-old={query.isPlaceholderData || undefined}
      />
      <Pages state={state} nextCursor={query.isPlaceholderData ? null : nextCursor} />
    </>
  )
}

function NoDevices({ filtered }: { filtered: boolean }) {
  const { t } = useTexts()
  if (filtered) {
    return (
      <EmptyState title={t('devices.list.noMatch')} text={t('devices.list.noMatchText')}>
        <Button onClick={() => listState.set(FRESH_LIST)}>{t('devices.list.clear')}</Button>
      </EmptyState>
    )
  }
  return (
    <EmptyState title={t('devices.list.none')} text={t('devices.list.noneText')}>
      <span className="office-actions">
        <Button type="primary" onClick={() => navigate('/admin/add-device')}>
          {t('devices.list.add')}
        </Button>
        <Button onClick={() => navigate('/admin/import-devices')}>{t('devices.list.import')}</Button>
      </span>
    </EmptyState>
  )
}

function Pages({ state, nextCursor }: { state: ListState; nextCursor: string | null }) {
  const { t } = useTexts()
  const { cursors, limit } = state
  if (cursors.length === 1 && !nextCursor && limit === PAGE_SIZES[0]) return null
  const turn = (next: readonly (string | null)[]) => {
    listState.set({ ...state, cursors: next })
    window.scrollTo(0, 0)
  }
  return (
    <nav className="office-pages" aria-label={t('devices.list.page', { n: cursors.length })}>
      <Select
        value={limit}
        aria-label={t('devices.list.perPage', { n: limit })}
        options={PAGE_SIZES.map((n) => ({ value: n, label: t('devices.list.perPage', { n }) }))}
        onChange={(chosen) => listState.set({ ...state, limit: chosen, cursors: [null] })}
      />
      <span className="office-space" />
      <Button disabled={cursors.length === 1} onClick={() => turn(cursors.slice(0, -1))}>
        {t('devices.list.previous')}
      </Button>
      <span className="muted figures">{t('devices.list.page', { n: cursors.length })}</span>
      <Button disabled={!nextCursor} onClick={() => turn([...cursors, nextCursor])}>
        {t('devices.list.next')}
      </Button>
    </nav>
  )
}
