import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal, Select } from 'antd'
import type { ProtocolList } from '../../../server/contract/protocol.ts'
import { createProtocol, PROTOCOLS_KEY, protocolQuery } from '../../api/protocol-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { centrePath } from '../routes.ts'
import { emptyContent } from './edits.ts'

interface Values {
  protocolId: string
  from?: string
}

/** A new protocol: its id, and what it begins with. */
export function NewProtocolDialog({ list, onClose }: { list: ProtocolList; onClose(): void }) {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const create = useMutation({
    mutationFn: async ({ protocolId, from }: Values) => {
      const content = from ? (await client.fetchQuery(protocolQuery(from))).newest.content : emptyContent()
      return createProtocol({ protocolId, content })
    },
    onSuccess: ({ protocolId }) => {
      void client.invalidateQueries({ queryKey: PROTOCOLS_KEY })
      onClose()
      navigate(centrePath('protocols', protocolId))
    },
  })
  return (
    <Modal
      open
      title={t('protocols.addTitle')}
      okText={t('protocols.add')}
      confirmLoading={create.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => create.mutate(values)}>
        <Form.Item
          name="protocolId"
          label={t('protocols.addId')}
          extra={t('protocols.addIdHint')}
          rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{1,39}$/, message: t('protocols.addIdHint') }]}
        >
          <Input autoFocus maxLength={40} data-testid="new-protocol-id" />
        </Form.Item>
        <Form.Item name="from" label={t('protocols.addCopy')}>
          <Select
            allowClear
            placeholder={t('protocols.addEmpty')}
            options={list.items.map((one) => ({ value: one.protocolId, label: one.title[language] || one.protocolId }))}
          />
        </Form.Item>
      </Form>
      {create.error ? <Alert type="error" showIcon title={errorText(create.error, t)} /> : null}
    </Modal>
  )
}
