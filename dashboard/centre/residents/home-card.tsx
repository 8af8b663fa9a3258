import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import type { ResidentFile } from '../../../server/contract/case.ts'
import { saveCode, saveFile } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Card } from './card.tsx'
import { useSave } from './use-save.ts'

/** The way in, and the code that is never shown here. */
export function HomeCard({ file }: { file: ResidentFile }) {
  const { t } = useTexts()
  const { save, busy } = useSave(file.residentId)
  const { home, residentId, version } = file
  if (home === null) {
    return (
      <Card title={t('residents.home.title')} testId="card-home">
        <p className="muted">{t('residents.home.none')}</p>
      </Card>
    )
  }
  return (
    <Card title={t('residents.home.title')} testId="card-home">
      <Form<{ access: string }>
        layout="vertical"
        requiredMark={false}
        initialValues={{ access: home.access ?? '' }}
        onFinish={({ access }) => save(() => saveFile(residentId, { version, access: access.trim() || null }))}
      >
        <Form.Item name="access" label={t('residents.home.access')} extra={t('residents.home.accessHint')}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={300} data-testid="home-access" />
        </Form.Item>
        <Button htmlType="submit" type="primary" loading={busy} data-testid="home-save">
          {t('residents.save')}
        </Button>
      </Form>
      <CodeForm onFile={home.hasCode} busy={busy} onSave={(code) => save(() => saveCode(residentId, version, code))} />
    </Card>
  )
}

function CodeForm(props: { onFile: boolean; busy: boolean; onSave(code: string | null): void }) {
  const { t } = useTexts()
  const [code, setCode] = useState('')
  const { onFile, busy } = props
  return (
    <form
      className="resident-code"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() !== '') props.onSave(code.trim())
      }}
    >
      <label htmlFor="access-code">
        {t('residents.home.code')}{' '}
        <span data-level={onFile ? 'good' : 'none'} data-testid="code-state">
          {onFile ? `● ${t('residents.home.codeOn')}` : `○ ${t('residents.home.codeOff')}`}
        </span>
      </label>
      <div className="resident-row">
        <Input
          id="access-code"
          value={code}
          maxLength={100}
          autoComplete="off"
          data-testid="code-text"
          onChange={(event) => setCode(event.target.value)}
        />
        <Button htmlType="submit" disabled={code.trim() === ''} loading={busy} data-testid="code-save">
          {t(onFile ? 'residents.home.codeReplace' : 'residents.home.codeSet')}
        </Button>
        {onFile ? (
          <Button disabled={busy} onClick={() => props.onSave(null)} data-testid="code-remove">
            {t('residents.home.codeRemove')}
          </Button>
        ) : null}
      </div>
      <p className="resident-hint">{t('residents.home.codeHint')}</p>
    </form>
  )
}
