import type { TableColumnsType } from 'antd'
import { useMemo } from 'react'
import type { DeviceModelView, DeviceView } from '../../../server/contract/device.ts'
import { deviceKindText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Link } from '../../ui/link.tsx'
import { devicePage } from '../routes.ts'
import { Ago, Expected } from './moments.tsx'
import { isAwaited, isOutgoing, Online, Stage } from './signs.tsx'
import { BATTERY_LOW, batteryText, modelText, placeText, protocolText, roleText, signalText } from './terms.ts'

/** Two lines a row: what it is, then where that comes from. */
export function useDeviceColumns(models: readonly DeviceModelView[]): TableColumnsType<DeviceView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      {
        title: t('devices.list.device'),
        key: 'device',
        render: (_, device) => (
          <div className="two-lines device-cell">
            <Link to={devicePage(device.deviceId)} className="device-id">
              {device.deviceId}
            </Link>
            <small>{modelText(device.model, models, language) ?? protocolText(device.protocol, t)}</small>
            <small className="only-phone">
              {[device.residentName ?? t('devices.nobody'), device.room].filter(Boolean).join(' · ')}
            </small>
          </div>
        ),
      },
      {
        title: t('devices.list.kind'),
        key: 'kind',
        responsive: ['md'],
        render: (_, { kind, role }) => (
          <div className="two-lines">
            <span>{deviceKindText(kind, t)}</span>
            {role === null ? null : <small>{roleText(role, t)}</small>}
          </div>
        ),
      },
      {
        title: t('devices.list.resident'),
        key: 'resident',
        responsive: ['md'],
        render: (_, device) => (
          <div className="two-lines resident-cell">
            <span className={device.residentName ? '' : 'muted'}>{device.residentName ?? t('devices.nobody')}</span>
            <small>{placeText(device)}</small>
          </div>
        ),
      },
      {
        title: t('devices.list.lifecycle'),
        key: 'lifecycle',
        width: 96,
        responsive: ['md'],
        render: (_, { lifecycle }) => <Stage stage={lifecycle} />,
      },
      {
        title: t('devices.list.state'),
        key: 'online',
        width: 120,
        render: (_, { kind, online, lastSeenAt, lifecycle }) =>
          isOutgoing({ kind, lastSeenAt }) ? (
            <span className="muted">—</span>
          ) : (
            <div className="two-lines">
              <Online online={online} lastSeenAt={lastSeenAt} lifecycle={lifecycle} />
              {lastSeenAt ? (
                <small>
                  <Ago at={lastSeenAt} />
                </small>
              ) : null}
            </div>
          ),
      },
      {
        title: t('devices.list.expected'),
        key: 'expected',
        width: 128,
        responsive: ['md'],
        render: (_, { nextExpectedAt, lifecycle }) =>
          nextExpectedAt && isAwaited(lifecycle) ? <Expected at={nextExpectedAt} /> : <span className="muted">—</span>,
      },
      {
        title: t('devices.list.battery'),
        key: 'battery',
        width: 76,
        align: 'right',
        responsive: ['md'],
        render: (_, { battery }) => (
          <span className="figures" data-level={battery !== null && battery <= BATTERY_LOW ? 'late' : 'none'}>
            {batteryText(battery)}
          </span>
        ),
      },
      {
        title: t('devices.list.signal'),
        key: 'signal',
        width: 96,
        align: 'right',
        responsive: ['md'],
        render: (_, { rssi }) => <span className="figures muted">{signalText(rssi)}</span>,
      },
    ],
    [t, language, models],
  )
}
