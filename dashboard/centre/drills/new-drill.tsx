import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, DatePicker, Form, Input, InputNumber, Modal, Select } from 'antd'
import { ResidentSelect } from '../../admin/devices/resident-select.tsx'
import { areasQuery, profilesQuery } from '../../api/desk-queries.ts'
import { DRILLS_KEY, startDrill } from '../../api/drill-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Fields {
  title: string
  note?: string
  minutes: number
  virtualHomes: number
  residentId?: string | null
  divisionCode?: string | null
  from?: { format(template: string): string } | null
  participantIds?: string[]
}

/** Begins a drill, and says plainly what it does and what stays real. */
export function NewDrillDialog({ onClose, onMade }: { onClose(): void; onMade(drillId: string): void }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const areas = useQuery(areasQuery)
  const colleagues = useQuery(profilesQuery)
  const start = useMutation({
    mutationFn: ({ title, note, minutes, virtualHomes, residentId, divisionCode, from, participantIds = [] }: Fields) =>
      startDrill({
        title,
        minutes,
        virtualHomes,
        participantIds,
        ...(divisionCode ? { divisionCode } : {}),
        // What is picked is Shanghai's time, wherever the browser stands.
        ...(from ? { from: new Date(`${from.format('YYYY-MM-DDTHH:mm')}:00+08:00`).toISOString() } : {}),
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
        <div className="drill-pair">
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
        <div className="drill-pair">
          <Form.Item name="divisionCode" label={t('drills.place')} extra={t('drills.placeHint')}>
            <Select
              allowClear
              loading={areas.isPending}
              placeholder={t('drills.noPlace')}
              showSearch={{ optionFilterProp: 'label' }}
              options={(areas.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
            />
          </Form.Item>
          <Form.Item name="from" label={t('drills.from')} extra={t('drills.fromHint')}>
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" placeholder={t('drills.fromNow')} />
          </Form.Item>
        </div>
        <Form.Item name="participantIds" label={t('drills.participants')} extra={t('drills.participantsHint')}>
          <Select
            mode="multiple"
            allowClear
            loading={colleagues.isPending}
            showSearch={{ optionFilterProp: 'label' }}
            options={(colleagues.data ?? []).map(({ userId, displayName }) => ({ value: userId, label: displayName }))}
            data-testid="drill-participants"
          />
        </Form.Item>
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
