import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Form, Input, Modal } from 'antd'
import type { ProtocolContent, ProtocolDetail } from '../../../server/contract/protocol.ts'
import { hasCode } from '../../api/client.ts'
import { protocolsQuery, publishProtocol } from '../../api/protocol-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { cellChanges } from './cells.ts'

interface Props {
  saved: ProtocolDetail
  content: ProtocolContent
  note: string
  onClose(): void
  onPublished(next: ProtocolDetail): void
  onStale(): void
}

/** What publishing changes, and why; one question, then it holds. */
export function PublishDialog({ saved, content, note, onClose, onPublished, onStale }: Props) {
  const { t, language } = useTexts()
  const [form] = Form.useForm<{ note: string }>()
  const { data: list } = useQuery(protocolsQuery)
  const publish = useMutation({
    mutationFn: (why: string) => publishProtocol(saved.protocolId, { base: saved.newest.version, content, note: why }),
    onSuccess: onPublished,
    onError: (error) => (hasCode(error, 'stale_version') ? onStale() : undefined),
  })
  const changes = list
    ? cellChanges(list.cells, saved.protocolId, content)
    : { takes: new Map<string, number>(), leaves: [] }
  const titleOf = (id: string) => list?.items.find((one) => one.protocolId === id)?.title[language] || id
  return (
    <Modal
      open
      title={t('protocols.save.publishTitle')}
      okText={t('protocols.save.publish')}
      confirmLoading={publish.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t('protocols.save.publishLead')}</p>
      {[...changes.takes].map(([id, n]) => (
        <p key={id} className="muted">
          {t('protocols.save.takesOver', { title: titleOf(id), n })}
        </p>
      ))}
      {changes.leaves.length > 0 ? (
        <Alert
          className="form-alert"
          type="warning"
          showIcon
          title={t('protocols.save.leaves', {
            n: changes.leaves.length,
            cells: changes.leaves
              .map(({ kind, risk }) => `${t(`kind.${kind}`)} ${t(`protocols.risk.${risk}`)}`)
              .join('、'),
          })}
        />
      ) : null}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ note }}
        onFinish={({ note: why }) => publish.mutate(why.trim())}
      >
        <Form.Item
          name="note"
          label={t('protocols.save.note')}
          rules={[{ required: true, whitespace: true, message: t('protocols.save.needNote') }]}
        >
          <Input.TextArea autoFocus maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} data-testid="publish-note" />
        </Form.Item>
      </Form>
      {publish.error ? (
        <Alert
          type="error"
          showIcon
          title={hasCode(publish.error, 'stale_version') ? t('protocols.save.stale') : errorText(publish.error, t)}
        />
      ) : null}
    </Modal>
  )
}
