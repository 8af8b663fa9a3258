import { useMutation, useQueryClient } from '@tanstack/react-query'
import { memo } from 'react'
import type { SimulatedDevice } from '../../server/contract/api.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { deviceKindText, errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { clockTime } from '../ui/formats.ts'
import { press, virtualDevicesQuery } from './api.ts'
import { buttonsOf, lastAct, type VirtualHome, weightOf } from './homes.ts'
import './simulator.css'

/** One home with its devices. */
export const HomeCard = memo(function HomeCard({ home }: { home: VirtualHome }) {
  return (
    <article className="home" data-testid="home">
      <header>
        <h2>{home.residentName ?? home.key}</h2>
        <p className="muted">{home.place}</p>
      </header>
      {home.devices.map((device) => (
        <Device key={device.deviceId} device={device} />
      ))}
    </article>
  )
})

function Device({ device }: { device: SimulatedDevice }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const pressing = useMutation({
    mutationFn: (type: EventType) => press(device.deviceId, type),
    onSettled: () => client.invalidateQueries({ queryKey: virtualDevicesQuery.queryKey }),
  })
  const kind = deviceKindText(device.kind, t)
  const what = pressing.variables ? t(`event.${pressing.variables}`) : ''
  const last = lastAct(device.lastAction)
  const result = pressing.isPending
    ? t('sim.pressing')
    : pressing.error
      ? t('sim.failed', { what: errorText(pressing.error, t) })
      : pressing.isSuccess
        ? t('sim.pressed', { what, time: clockTime(pressing.submittedAt) })
        : last
          ? t('sim.last', { what: `${eventText(last.type, t)} · ${clockTime(last.at)}` })
          : ''
  return (
    <section className="virtual" data-device-id={device.deviceId} aria-label={[kind, device.room].join(' ').trim()}>
      <p className="virtual-head">
        <b>{kind}</b>
        <span className="muted">{device.room}</span>
        <span data-level={device.online ? 'good' : 'late'}>
          {device.online ? t('common.online') : t('common.offline')}
        </span>
      </p>
      <div className="virtual-buttons">
        {buttonsOf(device.kind).map((type) => (
          <button
            key={type}
            type="button"
            data-weight={weightOf(type)}
            data-testid={`press-${type}`}
            disabled={pressing.isPending}
            onClick={() => pressing.mutate(type)}
          >
            {t(`event.${type}`)}
          </button>
        ))}
      </div>
      <p className="virtual-result" role="status" data-failed={pressing.isError || undefined}>
        {result}
      </p>
    </section>
  )
}

function eventText(type: string, t: ReturnType<typeof useTexts>['t']): string {
  return type in zhCN.event ? t(`event.${type as EventType}`) : type
}
