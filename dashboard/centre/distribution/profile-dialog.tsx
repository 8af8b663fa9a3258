import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Checkbox, Form, Modal, Select } from 'antd'
import { CASE_CATEGORIES } from '../../../server/contract/case.ts'
import type { OperatorProfile, ProfileView } from '../../../server/contract/desk.ts'
import { areasQuery, profilesQuery, putProfile } from '../../api/desk-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

/** Sets what is offered to one operator. */
export function ProfileDialog({ of, onClose }: { of: ProfileView; onClose(): void }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<OperatorProfile>()
  const areas = useQuery(areasQuery)
  const save = useMutation({
    mutationFn: (profile: OperatorProfile) => putProfile(of.userId, { version: of.version, profile }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: profilesQuery.queryKey }),
  })
  return (
    <Modal
      open
      width={560}
      title={t('distribution.editTitle', { name: of.displayName })}
      okText={t('distribution.save')}
      cancelText={t('common.cancel')}
      mask={{ closable: false }}
      confirmLoading={save.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      {save.error ? <Alert type="error" showIcon title={errorText(save.error, t)} /> : null}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={of.profile}
        onFinish={(values) => save.mutate(values)}
        data-testid="profile-form"
      >
        <Form.Item
          name="skills"
          label={t('shift.skills')}
          rules={[{ required: true, message: t('refused.invalid_request') }]}
        >
          <Checkbox.Group options={CASE_CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))} />
        </Form.Item>
        <Form.Item name="dialects" label={t('shift.dialects')} extra={t('distribution.dialectsHint')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', '、']} maxCount={20} />
        </Form.Item>
        <Form.Item name="areas" label={t('shift.areas')} extra={t('distribution.areasHint')}>
          <Select
            mode="multiple"
            loading={areas.isPending}
            maxCount={50}
            showSearch={{ optionFilterProp: 'label' }}
            options={(areas.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}
