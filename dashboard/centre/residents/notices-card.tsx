import { Button, Form, Input, Radio } from 'antd'
import type { ResidentFile } from '../../../server/contract/case.ts'
import type { MustSeeNotice, NewNotice } from '../../../server/contract/case-file.ts'
import { addNotice, endNotice } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { Card } from './card.tsx'
import { useSave } from './use-save.ts'

/** What must be read in every case. A text is never changed: the old one is ended, another one added, and read again. */
export function NoticesCard({ file, notices }: { file: ResidentFile; notices: readonly MustSeeNotice[] }) {
  const { t, language } = useTexts()
  const { save, busy } = useSave(file.residentId)
  const [form] = Form.useForm<NewNotice>()
  const current = notices.filter(({ endedAt }) => endedAt === null)
  const past = notices.filter(({ endedAt }) => endedAt !== null)
  const time = (at: string) => timeText(at, serverNow(), language)
  return (
    <Card title={t('residents.notice.title')} lead={t('residents.notice.lead')} testId="card-notices">
      <ul className="resident-list">
        {current.length === 0 ? <li className="muted">{t('residents.notice.none')}</li> : null}
        {current.map((one) => (
          <li key={one.noticeId} data-testid="notice">
            <div>
              <p>⚠ {one.text}</p>
              <p className="muted figures">
                {t(`residents.notice.scope.${one.scope}`)} ·{' '}
                {t('file.note.by', { name: one.createdBy, time: time(one.createdAt) })}
              </p>
            </div>
            <Button
              size="small"
              disabled={busy}
              data-testid="notice-end"
              onClick={() => save(() => endNotice(file.residentId, one.noticeId))}
            >
              {t('residents.notice.end')}
            </Button>
          </li>
        ))}
      </ul>
      <Form<NewNotice>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ scope: 'resident' }}
        onFinish={({ scope, text }) =>
          save(() => addNotice(file.residentId, { scope, text: text.trim() }), { onSuccess: () => form.resetFields() })
        }
      >
        <Form.Item
          name="text"
          label={t('residents.notice.text')}
          rules={[{ required: true, whitespace: true, message: t('file.note.needText') }]}
        >
          <Input
            maxLength={200}
            autoComplete="off"
            placeholder={t('residents.notice.textHint')}
            data-testid="notice-text"
          />
        </Form.Item>
        <div className="resident-row">
          <Form.Item noStyle name="scope">
            <Radio.Group
              aria-label={t('residents.notice.scopeLabel')}
              options={(['resident', 'home'] as const).map((value) => ({
                value,
                label: t(`residents.notice.scope.${value}`),
                disabled: value === 'home' && file.home === null,
              }))}
            />
          </Form.Item>
          <Button htmlType="submit" loading={busy} data-testid="notice-add">
            {t('residents.notice.add')}
          </Button>
        </div>
      </Form>
      {past.length > 0 ? (
        <details className="resident-past">
          <summary>{t('residents.notice.past', { n: past.length })}</summary>
          <ul className="resident-list">
            {past.map((one) => (
              <li key={one.noticeId}>
                <div>
                  <p>{one.text}</p>
                  <p className="muted figures">
                    {t('residents.notice.endedBy', { name: one.endedBy ?? '', time: time(one.endedAt ?? '') })}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Card>
  )
}
