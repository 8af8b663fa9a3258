import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { CaseDetail } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { sinceText, timeText } from '../ui/formats.ts'
import { Key } from '../ui/key.tsx'
import { serverNow } from '../ui/server-clock.ts'
import type { CaseFile } from './file/use-case-file.ts'
import { deviceKindText } from './words.ts'

interface Props {
  detail: CaseDetail
  file: CaseFile
}

/** Characters of medical facts beyond which they need room and small letters. */
const DENSE = 70

/** The four things to know before the first word is spoken. */
export function Facts({ detail, file }: Props) {
  const { t } = useTexts()
  const resident = detail.resident
  const length = resident
    ? [...resident.hazards, ...resident.allergies, ...resident.conditions, ...resident.medicines].join('、').length
    : 0
  const dense = length > DENSE
  return (
    <section className="facts" data-dense={dense || undefined} data-testid="facts" data-case-id={detail.case.caseId}>
      <Cell title={t('facts.medical')}>
        <Medical detail={detail} dense={dense} />
      </Cell>
      <Cell title={t('facts.access')}>
        <Access detail={detail} file={file} />
      </Cell>
      <Cell title={t('facts.devices')}>
        <Devices detail={detail} />
      </Cell>
      <Cell title={t('facts.previous')}>
        <Recent detail={detail} />
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

/** Risks first, in amber; a medicine's dose is left to the pointer when there are many. */
function Medical({ detail, dense }: { detail: CaseDetail; dense: boolean }) {
  const { t } = useTexts()
  const file = detail.resident
  const known = file && file.conditions.length + file.medicines.length + file.allergies.length + file.hazards.length > 0
  if (!known) return <Nothing text={t('facts.noMedical')} />
  const warnings = [
    ...file.hazards,
    ...(file.allergies.length > 0 ? [t('facts.allergy', { list: file.allergies.join('、') })] : []),
  ]
  const medicines = dense ? file.medicines.map((one) => one.split(' ')[0] ?? one) : file.medicines
  return (
    <>
      {warnings.length > 0 ? <p className="warn">⚠ {warnings.join(' · ')}</p> : null}
      <dl>
        {file.conditions.length > 0 ? (
          <>
            <dt>{t('file.medical.conditions')}</dt>
            <dd>{file.conditions.join('、')}</dd>
          </>
        ) : null}
        {medicines.length > 0 ? (
          <>
            <dt>{t('file.medical.medicines')}</dt>
            <dd title={file.medicines.join('\n')}>
              <b>{medicines.join('、')}</b>
            </dd>
          </>
        ) : null}
      </dl>
    </>
  )
}

function Access({ detail, file }: Props) {
  const { t } = useTexts()
  const home = detail.resident?.home
  if (!home) return <Nothing text={t('facts.noHome')} />
  return (
    <>
      {home.access ? <p className="access">{home.access}</p> : <Nothing text={t('facts.noAccess')} />}
      {home.hasCode ? (
        <p className="fact-code">
          {t('file.code.onFile')} {file.code === null ? null : <b data-testid="code">{file.code}</b>}
          <Button
            size="small"
            aria-keyshortcuts="K"
            data-testid="code-toggle"
            onClick={() => file.toggle({ what: 'code' })}
          >
            {t(file.code === null ? 'file.code.reveal' : 'file.code.hide')} <Key name="K" />
          </Button>
        </p>
      ) : null}
      <p className="muted">{home.address}</p>
    </>
  )
}

function Devices({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts()
  if (detail.devices.length === 0) return <Nothing text={t('facts.noDevices')} />
  const unprotected = detail.resident?.unprotected
  // What doesn't work comes first.
  const devices = [...detail.devices].sort((a, b) => Number(a.online) - Number(b.online))
  return (
    <ul className="fact-list">
      {unprotected ? (
        <li data-level="late" data-testid="devices-unprotected">
          <b>
            ⚠{' '}
            {t('file.unprotected', {
              reasons: unprotected.reasons.map((reason) => t(`watch.unprotected.reasons.${reason}`)).join('、'),
            })}
          </b>
        </li>
      ) : null}
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

/** The last alerts of other cases, and what became of them. */
function Recent({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts()
  const alerts = detail.recentAlerts
  if (alerts.length === 0) return <Nothing text={t('facts.noPrevious')} />
  const wrong = alerts.filter(({ outcome }) => outcome === 'false_alarm' || outcome === 'test').length
  return (
    <ul className="fact-list" data-testid="recent-alerts">
      <li className="muted">{t('file.recent.summary', { n: alerts.length, false: wrong })}</li>
      {alerts.map((alert) => (
        <li key={alert.alertId} title={timeText(alert.at, serverNow(), language)}>
          {sinceText(alert.at, serverNow(), language)} {t(`kind.${alert.kind}`)}{' '}
          <span className="muted">{alert.outcome ? t(`outcome.${alert.outcome}`) : t('file.recent.open')}</span>
        </li>
      ))}
    </ul>
  )
}
