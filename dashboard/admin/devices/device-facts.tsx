import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { DeviceView } from '../../../server/contract/device.ts'
import { modelsQuery } from '../../api/device-queries.ts'
import { deviceKindText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { sinceText, timeText } from '../../ui/formats.ts'
import { Link } from '../../ui/link.tsx'
import { serverNow } from '../../ui/server-clock.ts'
import { devicePage } from '../routes.ts'
import { NEEDS, wayOf } from './connection.ts'
import { Ago, Expected } from './moments.tsx'
import { Panel } from './panel.tsx'
import { isAwaited } from './signs.tsx'
import { BATTERY_LOW, batteryText, modelText, protocolText, roleText, signalText } from './terms.ts'

/** How the device is doing, in large figures. */
export function DeviceHealth({ device }: { device: DeviceView }) {
  const { t, language } = useTexts()
  const awaited = isAwaited(device.lifecycle)
  const since = device.onlineChangedAt ? sinceText(device.onlineChangedAt, serverNow(), language) : null
  const low = device.battery !== null && device.battery <= BATTERY_LOW
  return (
    <dl className="health">
      <Cell title={t('devices.page.connection')} level={device.online ? 'good' : since && awaited ? 'late' : 'none'}>
        {since === null
          ? t('devices.page.neverSeen')
          : t(device.online ? 'devices.page.onlineSince' : 'devices.page.offlineSince', { since })}
      </Cell>
      <Cell title={t('devices.list.lastSeen')}>
        {device.lastSeenAt ? <Ago at={device.lastSeenAt} /> : t('common.never')}
      </Cell>
      <Cell title={t('devices.list.expected')}>
        {device.nextExpectedAt && awaited ? <Expected at={device.nextExpectedAt} /> : t('devices.page.expectedNone')}
      </Cell>
      {device.battery === null ? null : (
        <Cell title={t('devices.list.battery')} level={low ? 'late' : 'none'}>
          {batteryText(device.battery)}
        </Cell>
      )}
      {device.rssi === null ? null : <Cell title={t('devices.list.signal')}>{signalText(device.rssi)}</Cell>}
      {device.firmware === null ? null : <Cell title={t('devices.page.firmware')}>{device.firmware}</Cell>}
    </dl>
  )
}

function Cell(props: { title: string; level?: 'good' | 'late' | 'none'; children: ReactNode }) {
  return (
    <div>
      <dt>{props.title}</dt>
      <dd className="figures" data-level={props.level ?? 'none'}>
        {props.children}
      </dd>
    </div>
  )
}

/** The record as it stands. */
export function DeviceFacts({ device }: { device: DeviceView }) {
  const { t, language } = useTexts()
  const models = useQuery(modelsQuery).data ?? []
  const { residentName, role } = device
  return (
    <Panel title={t('devices.page.facts')} name="device-facts">
      <dl className="facts-list">
        <Row title={t('devices.page.resident')}>
          {residentName === null ? (
            <span className="muted">{t('devices.nobody')}</span>
          ) : (
            <>
              {residentName} <span className="muted">{device.place}</span>
            </>
          )}
        </Row>
        <Row title={t('devices.page.room')}>{device.room ?? '—'}</Row>
        <Row title={t('devices.page.kind')}>{deviceKindText(device.kind, t)}</Row>
        {NEEDS[wayOf(device)].kind !== null ? null : (
          <Row title={t('devices.page.role')} wide>
            <b>{roleText(role, t)}</b>
            <small className="muted">{role === null ? t('noRole.means') : t(`deviceRole.${role}.means`)}</small>
          </Row>
        )}
        <Row title={t('devices.page.model')}>{modelText(device.model, models, language) ?? '—'}</Row>
        <Row title={t('devices.page.protocol')}>{protocolText(device.protocol, t)}</Row>
        {device.address === null ? null : (
          <Row title={t('devices.page.address')}>
            <code>{device.address}</code>
          </Row>
        )}
        {device.hubId === null ? null : (
          <Row title={t('devices.page.hub')}>
            <Link to={devicePage(device.hubId)}>{device.hubId}</Link>
          </Row>
        )}
        {device.sources.length === 0 ? null : (
          <Row title={t('devices.page.sources')}>
            <code>{device.sources.join(', ')}</code>
          </Row>
        )}
        <Row title={t('devices.page.createdAt')}>
          <span className="figures">{timeText(device.createdAt, serverNow(), language)}</span>
        </Row>
        {device.note === null ? null : (
          <Row title={t('devices.page.note')} wide>
            {device.note}
          </Row>
        )}
      </dl>
    </Panel>
  )
}

function Row(props: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <div data-wide={props.wide || undefined}>
      <dt>{props.title}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}
