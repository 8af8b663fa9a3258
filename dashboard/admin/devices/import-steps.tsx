import { Alert, Button, Spin, Table, Upload } from 'antd'
import { useEffect, useState } from 'react'
import type { ImportAnswer, NewDeviceAnswer } from '../../../server/contract/device.ts'
import { BASE } from '../../api/client.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { secretsCsv } from './import-file.ts'
import { LabelDialog } from './labels.tsx'
import { serverSays } from './server-says.ts'

/** The steps of an import. */

export function ImportDrop({ onFile }: { onFile(file: File): void }) {
  const { t } = useTexts()
  return (
    <div data-testid="import-drop">
      <Upload.Dragger
        accept=".csv,.xlsx"
        multiple={false}
        showUploadList={false}
        beforeUpload={(file) => {
          onFile(file)
          return false
        }}
      >
        <p className="drop-title">{t('devices.import.drop')}</p>
        <p className="muted">{t('devices.import.dropHint')}</p>
      </Upload.Dragger>
      <p className="page-actions">
        <a href={`${BASE}/devices/import-template`} download="devices.csv">
          {t('devices.import.template')}
        </a>
      </p>
    </div>
  )
}

export function Working({ text }: { text: string }) {
  return (
    <div className="state" role="status" aria-busy="true">
      <Spin size="large" />
      <p className="state-text">{text}</p>
    </div>
  )
}

interface CheckedProps {
  answer: ImportAnswer
  name: string
  onImport(): void
  onAnother(): void
}

/** Either all rows are fine, or the place of each mistake. */
export function ImportChecked({ answer, name, onImport, onAnother }: CheckedProps) {
  const { t } = useTexts()
  const { rows, problems } = answer
  const ready = problems.length === 0 && rows > 0
  const title = ready
    ? t('devices.import.ready', { n: rows })
    : rows === 0 && problems.length === 0
      ? t('devices.import.empty')
      : t('devices.import.problems', { n: problems.length, rows })
  const text = ready
    ? t('devices.import.readyText')
    : rows === 0 && problems.length === 0
      ? t('devices.import.emptyText')
      : t('devices.import.problemsText')
  return (
    <div data-testid="import-checked">
      <Alert
        type={ready ? 'success' : 'error'}
        showIcon
        className="form-alert"
        title={<b>{title}</b>}
        description={`${name} · ${text}`}
      />
      <div className="page-actions">
        {ready ? (
          <Button type="primary" onClick={onImport} data-testid="import">
            {t('devices.import.submit', { n: rows })}
          </Button>
        ) : null}
        <Button onClick={onAnother}>{t('devices.import.another')}</Button>
      </div>
      {problems.length > 0 ? <Problems problems={problems} /> : null}
    </div>
  )
}

function Problems({ problems }: { problems: ImportAnswer['problems'] }) {
  const { t, language } = useTexts()
  return (
    <Table
      size="small"
      className="import-problems"
      rowKey={({ row, column, message }) => `${row}${column}${message}`}
      dataSource={problems}
      pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
      columns={[
        {
          title: t('devices.import.row'),
          dataIndex: 'row',
          width: 72,
          align: 'right',
          render: (row: number) => <span className="figures">{row}</span>,
        },
        {
          title: t('devices.import.column'),
          dataIndex: 'column',
          width: 150,
          render: (column: string | null) =>
            column === null ? <span className="muted">{t('devices.import.wholeRow')}</span> : <code>{column}</code>,
        },
        {
          title: t('devices.import.problem'),
          dataIndex: 'message',
          render: (message: string) => serverSays(message, language),
        },
      ]}
    />
  )
}

/** What was made. The secrets exist on this page only. */
export function ImportDone({ created }: { created: readonly NewDeviceAnswer[] }) {
  const { t } = useTexts()
  const [saved, setSaved] = useState(false)
  const [printing, setPrinting] = useState(false)
  const secrets = created.filter(({ secret }) => secret !== null).length
  useEffect(() => {
    if (saved || secrets === 0) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [saved, secrets])
  const download = () => {
    saveFile('device-secrets.csv', secretsCsv(created))
    setSaved(true)
  }
  return (
    <div data-testid="import-done">
      <Alert
        type={secrets > 0 && !saved ? 'warning' : 'success'}
        showIcon
        className="form-alert"
        title={<b>{t('devices.import.done', { n: created.length })}</b>}
        description={secrets > 0 ? t('devices.import.doneSecrets', { n: secrets }) : t('devices.import.doneNoSecrets')}
      />
      <div className="page-actions">
        {secrets > 0 ? (
          <Button type="primary" disabled={saved} onClick={download} data-testid="download-secrets">
            {t(saved ? 'devices.import.downloaded' : 'devices.import.download')}
          </Button>
        ) : null}
        <Button onClick={() => setPrinting(true)}>{t('devices.list.labelsOf', { n: created.length })}</Button>
        <Button type={secrets > 0 && !saved ? 'default' : 'primary'} onClick={() => navigate('/admin/devices')}>
          {t('devices.import.toList')}
        </Button>
      </div>
      {secrets > 0 && !saved ? <p className="muted">{t('devices.import.leave')}</p> : null}
      {printing ? <LabelDialog devices={created} onClose={() => setPrinting(false)} /> : null}
    </div>
  )
}

function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
