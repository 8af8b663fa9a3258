import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal } from 'antd'
import type { SettingsView } from '../../../server/contract/detection.ts'
import { hasCode } from '../../api/client.ts'
import { detectSettingsQuery, saveSettings } from '../../api/detection-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { fieldErrors } from '../devices/form-errors.ts'
import { ChangeList } from './change-list.tsx'
import { type Change, type Draft, layerOf } from './draft.ts'
import './history.css'

interface Props {
  view: SettingsView
  draft: Draft
  changes: readonly Change[]
  /** What stands there as the reason at first. */
  note: string
  onClose(): void
  onSaved(view: SettingsView): void
  /** Somebody was quicker; with what holds now. */
  onStale(now: SettingsView): void
}

/** What will be changed, and why; one question, then it holds. */
export function SaveDialog({ view, draft, changes, note, onClose, onSaved, onStale }: Props) {
  const { t, language } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<{ note: string }>()
  const { scope, scopeId, version } = view
  const save = useMutation({
    mutationFn: (why: string) =>
      saveSettings({ scope, ...(scopeId ? { scopeId } : {}), version, settings: layerOf(draft), note: why }),
    onSuccess: onSaved,
    onError: async (error) => {
      if (!hasCode(error, 'stale_version')) return
      onStale(await client.fetchQuery({ ...detectSettingsQuery(view), staleTime: 0 }))
    },
  })
  const failed = save.error && !hasCode(save.error, 'stale_version')
  const details = fieldErrors(save.error, language).map(({ field, message }) => `${field}: ${message}`)
  return (
    <Modal
      open
      width={600}
      title={t('detection.save.title')}
      okText={t('detection.save.submit')}
      okButtonProps={{ disabled: changes.length === 0 }}
      confirmLoading={save.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t('detection.save.lead')}</p>
      {changes.length === 0 ? <p className="muted">{t('detection.history.same')}</p> : <ChangeList changes={changes} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ note }}
        onFinish={({ note: why }) => save.mutate(why.trim())}
      >
        <Form.Item
          name="note"
          label={t('detection.save.note')}
          rules={[{ required: true, whitespace: true, message: t('detection.save.needNote') }]}
        >
          <Input.TextArea
            autoFocus
            maxLength={500}
            autoSize={{ minRows: 2, maxRows: 5 }}
            placeholder={t('detection.save.noteHint')}
            data-testid="save-note"
          />
        </Form.Item>
      </Form>
      {failed ? (
        <Alert
          type="error"
          showIcon
          title={`${t('detection.save.failed')} · ${errorText(save.error, t)}`}
          description={details.join('\n')}
        />
      ) : null}
    </Modal>
  )
}
