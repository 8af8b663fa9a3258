import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, InputNumber, Modal } from 'antd'
import { ResidentSelect } from '../../admin/devices/resident-select.tsx'
import { DRILLS_KEY, startDrill } from '../../api/drill-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Fields {
  title: string
  note?: string
  minutes: number
  virtualHomes: number
  residentId?: string | null
}

/** Begins a drill, and says plainly what it does and what stays real. */
export function NewDrillDialog({ onClose, onMade }: { onClose(): void; onMade(drillId: string): void }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const start = useMutation({
    mutationFn: ({ title, note, minutes, virtualHomes, residentId }: Fields) =>
      startDrill({
        title,
        minutes,
        virtualHomes,
        ...(note ? { note } : {}),
        ...(residentId ? { residentIds: [residentId] } : {}),
      }),
    onSuccess: async ({ drill }) => {
      await client.invalidateQueries({ queryKey: DRILLS_KEY })
      onMade(drill.drillId)
    },
  })
  return (
    <Modal
      open
      width={600}
      title={t('drills.add')}
      okText={t('drills.begin')}
      okButtonProps={{ 'data-testid': 'drill-begin' }}
      mask={{ closable: false }}
      confirmLoading={start.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ minutes: 60, virtualHomes: 2 }}
        onFinish={(fields) => start.mutate(fields)}
      >
        <Form.Item
          name="title"
          label={t('drills.name')}
          rules={[{ required: true, whitespace: true, message: t('drills.needTitle') }]}
        >
          <Input autoComplete="off" maxLength={100} placeholder={t('drills.titleHint')} data-testid="drill-title" />
        </Form.Item>
        <div className="two-columns">
          <Form.Item
            name="minutes"
            label={t('drills.minutes')}
            extra={t('drills.minutesHint')}
            rules={[{ required: true, type: 'integer', min: 5, max: 480, message: t('drills.needMinutes') }]}
          >
            <InputNumber min={1} />
          </Form.Item>
          <Form.Item
            name="virtualHomes"
            label={t('drills.virtualHomes')}
            extra={t('drills.virtualHint')}
            rules={[{ required: true, type: 'integer', min: 0, max: 20, message: t('drills.needHomes') }]}
          >
            <InputNumber min={0} />
          </Form.Item>
        </div>
        <Form.Item name="residentId" label={t('drills.resident')} extra={t('drills.residentHint')}>
          <ResidentSelect name={null} />
        </Form.Item>
        <Form.Item name="note" label={t('drills.note')}>
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        <Alert className="form-alert" type="info" showIcon title={t('drills.promise')} />
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
        {start.error ? <Alert type="error" showIcon title={errorText(start.error, t)} /> : null}
      </Form>
    </Modal>
  )
}
