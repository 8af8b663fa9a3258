import type { ReactNode } from 'react'
import type { CaseDetail } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { dayText, sinceText } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { deviceKindText } from './words.ts'

/** The four things to know before the first word is spoken. */
export function Facts({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  return (
    <section className="facts">
      <Cell title={t('facts.medical')}>
        <Medical detail={detail} />
      </Cell>
      <Cell title={t('facts.access')}>
        <Access detail={detail} />
      </Cell>
      <Cell title={t('facts.devices')}>
        <Devices detail={detail} />
      </Cell>
      <Cell title={t('facts.previous')}>
        <Previous detail={detail} />
      </Cell>
    </section>
  )
}

function Cell(props: { title: string; children: ReactNode }) {
  return (
    <section className="fact" aria-label={props.title}>
      <h3>{props.title}</h3>
      <div className="fact-body">{props.children}</div>
    </section>
  )
}

const Nothing = ({ text }: { text: string }) => <p className="muted">{text}</p>

function Medical({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  const file = detail.resident
  const known = file && file.conditions.length + file.medicines.length + file.allergies.length + file.hazards.length > 0
  if (!known) return <Nothing text={t('facts.noMedical')} />
  const warnings = [
    ...file.hazards,
    ...(file.allergies.length > 0 ? [t('facts.allergy', { list: file.allergies.join('、') })] : []),
  ]
  return (
    <>
      {warnings.length > 0 ? <p className="warn">⚠ {warnings.join(' · ')}</p> : null}
      <p>
        {file.conditions.join('、')}
        {file.conditions.length > 0 && file.medicines.length > 0 ? ' · ' : ''}
        <b>{file.medicines.join('、')}</b>
      </p>
    </>
  )
}

function Access({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  const home = detail.resident?.home
  if (!home) return <Nothing text={t('facts.noHome')} />
  return (
    <>
      <p>{home.address}</p>
      {home.access ? <p className="access">{home.access}</p> : <Nothing text={t('facts.noAccess')} />}
    </>
  )
}

function Devices({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts()
  if (detail.devices.length === 0) return <Nothing text={t('facts.noDevices')} />
  // What doesn't work comes first.
  const devices = [...detail.devices].sort((a, b) => Number(a.online) - Number(b.online))
  return (
    <ul className="fact-list">
      {devices.map((device) => (
        <li key={device.deviceId} title={device.deviceId}>
          {deviceKindText(device.kind, t)}
          {device.room ? <span className="muted"> {device.room}</span> : null}{' '}
          <b data-level={device.online ? 'good' : 'late'}>{device.online ? t('common.online') : t('common.offline')}</b>
          {device.battery === null ? null : (
            <span data-level={device.battery <= 20 ? 'late' : 'none'}> {Math.round(device.battery)}%</span>
          )}
          {device.online || !device.lastSeenAt ? null : (
            <span className="muted">
              {' '}
              {t('facts.lastSeen', { time: sinceText(device.lastSeenAt, serverNow(), language) })}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function Previous({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts()
  if (detail.previous.length === 0) return <Nothing text={t('facts.noPrevious')} />
  return (
    <ul className="fact-list">
      {detail.previous.map((item) => (
        <li key={item.caseId}>
          {dayText(item.openedAt, language)} {t(`kind.${item.kind}`)}{' '}
          <span className="muted">{item.outcome ? t(`outcome.${item.outcome}`) : t('facts.open')}</span>
        </li>
      ))}
    </ul>
  )
}
