import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal, Radio } from 'antd'
import { LANGUAGES, type Language } from '../../../server/contract/explain/template.ts'
import type { GroupAddress, UserAddress } from '../../../server/contract/notify.ts'
import { writeAddress, writeGroup } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'

export type Addressed = { type: 'user'; user: UserAddress } | { type: 'group'; group: GroupAddress } | { type: 'new' }

interface Fields {
  groupId?: string
  name?: string
  email?: string
  phone?: string
  language: Language
}

/** Changes where somebody can be reached; rules and check follow at once. */
export function AddressDialog({ of, onClose }: { of: Addressed; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const save = useMutation({
    mutationFn: ({ groupId, name = '', email, phone, language }: Fields) => {
      const address = { email: email?.trim() || null, phone: phone?.trim() || null, language }
      if (of.type === 'user') return writeAddress(of.user.userId, address)
      return writeGroup(of.type === 'group' ? of.group.groupId : (groupId ?? ''), { name: name.trim(), ...address })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['escalation'] })
      onClose()
    },
  })
  const whose = of.type === 'user' ? of.user.displayName : of.type === 'group' ? of.group.name : null
  return (
    <Modal
      open
      width={480}
      title={[whose, t(of.type === 'new' ? 'escalation.reach.addGroup' : 'escalation.reach.title')]
        .filter(Boolean)
        .join(' · ')}
      okText={t('escalation.reach.save')}
      okButtonProps={{ 'data-testid': 'address-save' }}
      mask={{ closable: false }}
      confirmLoading={save.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={initialOf(of)}
        onFinish={(fields) => save.mutate(fields)}
      >
        {of.type === 'new' ? (
          <Form.Item
            name="groupId"
            label={t('escalation.reach.groupId')}
            extra={t('escalation.reach.groupIdHint')}
            rules={[{ required: true, pattern: /^[a-z0-9-]{1,64}$/, message: t('escalation.reach.needId') }]}
          >
            <Input autoComplete="off" />
          </Form.Item>
        ) : null}
        {of.type === 'user' ? null : (
          <Form.Item
            name="name"
            label={t('escalation.reach.groupName')}
            rules={[{ required: true, whitespace: true, message: t('escalation.reach.needName') }]}
          >
            <Input autoComplete="off" maxLength={60} />
          </Form.Item>
        )}
        <Form.Item
          name="email"
          label={t('escalation.reach.email')}
          rules={[{ pattern: /^\s*[^\s@<>,;]+@[^\s@<>,;]+\s*$/, message: t('escalation.reach.wrongEmail') }]}
        >
          <Input autoComplete="off" maxLength={200} data-testid="address-email" />
        </Form.Item>
        <Form.Item
          name="phone"
          label={t('escalation.reach.phone')}
          rules={[{ pattern: /^\s*\+?[0-9][0-9 -]{4,22}[0-9]\s*$/, message: t('escalation.reach.wrongPhone') }]}
        >
          <Input autoComplete="off" maxLength={25} inputMode="tel" data-testid="address-phone" />
        </Form.Item>
        <Form.Item name="language" label={t('escalation.reach.language')} extra={t('escalation.reach.languageHint')}>
          <Radio.Group
            data-testid="address-language"
            options={LANGUAGES.map((value) => ({ value, label: t(`escalation.reach.languages.${value}`) }))}
          />
        </Form.Item>
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
        {save.error ? <Alert type="error" showIcon title={errorText(save.error, t)} /> : null}
      </Form>
    </Modal>
  )
}

function initialOf(of: Addressed): Fields {
  if (of.type === 'new') return { language: 'zh-CN' }
  const { email, phone, language } = of.type === 'user' ? of.user : of.group
  const name = of.type === 'group' ? { name: of.group.name } : {}
  return { ...name, email: email ?? '', phone: phone ?? '', language }
}
