import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, AutoComplete, Button, Form, Input, InputNumber, Modal, Segmented } from 'antd'
import type { SuppressionKind } from '../../server/contract/watch.ts'
import { ResidentSelect } from '../admin/devices/resident-select.tsx'
import { hasCode } from '../api/client.ts'
import { devicePageQuery } from '../api/device-queries.ts'
import { SUPPRESSIONS_KEY, startSuppression } from '../api/watch-queries.ts'
import { deviceKindText, errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { countText } from '../ui/formats.ts'
import { useReturnFocus } from '../ui/return-focus.ts'
import { LIMIT_MINUTES, QUICK } from './suppression-limits.ts'

interface Fields {
  scope: 'device' | 'resident'
  kind: SuppressionKind
  residentId?: string | null
  deviceId?: string
  reason: string
  minutes: number
}

/** Starts a test or maintenance, and says plainly what is silenced and what is not. */
export function NewSuppressionDialog({ onClose }: { onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const scope = Form.useWatch('scope', form) ?? 'device'
  const kind = Form.useWatch('kind', form) ?? 'on_test'
  const limit = LIMIT_MINUTES[kind]
  const start = useMutation({
    mutationFn: ({ residentId, deviceId, ...said }: Fields) =>
      startSuppression({
        scope: said.scope,
        scopeId: (said.scope === 'device' ? deviceId : residentId)?.trim() ?? '',
        kind: said.kind,
        reason: said.reason.trim(),
        minutes: said.minutes,
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: SUPPRESSIONS_KEY })
      onClose()
    },
  })
  return (
    <Modal
      open
      width={600}
      title={t('watch.suppression.add')}
      okText={t('watch.suppression.start')}
      okButtonProps={{ 'data-testid': 'suppression-start' }}
      mask={{ closable: false }}
      confirmLoading={start.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ scope: 'device', kind: 'on_test', minutes: 30 }}
        onFinish={(fields) => start.mutate(fields)}
      >
        <div className="two-columns">
          <Form.Item name="scope" label={t('watch.suppression.scope')}>
            <Segmented
              options={(['device', 'resident'] as const).map((value) => ({
                value,
                label: t(`watch.suppression.scopes.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="kind" label={t('watch.suppression.kind')} extra={t(`watch.suppression.kindHint.${kind}`)}>
            <Segmented
              options={(['on_test', 'maintenance'] as const).map((value) => ({
                value,
                label: t(`watch.suppression.kinds.${value}`),
              }))}
            />
          </Form.Item>
        </div>
        <Form.Item
          name="residentId"
          label={t(scope === 'device' ? 'watch.suppression.residentOfDevice' : 'watch.suppression.residentLabel')}
          rules={[{ required: scope === 'resident', message: t('watch.suppression.needResident') }]}
        >
          <ResidentSelect name={null} />
        </Form.Item>
        {scope === 'device' ? <DeviceField /> : null}
        <Form.Item
          name="reason"
          label={t('watch.reason')}
          rules={[{ required: true, whitespace: true, message: t('watch.suppression.needReason') }]}
        >
          <Input
            autoComplete="off"
            maxLength={500}
            placeholder={t('watch.suppression.reasonHint')}
            data-testid="suppression-reason"
          />
        </Form.Item>
        <Form.Item label={t('watch.suppression.length')} required>
          <Form.Item
            noStyle
            name="minutes"
            dependencies={['kind']}
            rules={[
              {
                required: true,
                type: 'integer',
                min: 1,
                max: limit,
                message: t('watch.suppression.needLength', { n: countText(limit) as never }),
              },
            ]}
          >
            <InputNumber
              className="watch-length"
              min={1}
              aria-label={t('watch.suppression.length')}
              suffix={t('watch.suppression.minutes')}
              data-testid="suppression-minutes"
            />
          </Form.Item>{' '}
          <span className="muted">{t('watch.suppression.limit', { n: countText(limit) as never })}</span>
          <span className="watch-quick">
            {QUICK.filter(({ minutes }) => minutes <= limit).map(({ key, minutes }) => (
              <Button
                key={key}
                size="small"
                onClick={() => {
                  form.setFieldValue('minutes', minutes)
                  void form.validateFields(['minutes'])
                }}
              >
                {t(`watch.suppression.quick.${key}`)}
              </Button>
            ))}
          </span>
        </Form.Item>
        <Alert
          className="form-alert"
          type="warning"
          showIcon
          title={t(
            scope === 'device' && kind === 'on_test'
              ? 'watch.suppression.warning.whole'
              : 'watch.suppression.warning.faults',
          )}
          data-testid="suppression-warning"
        />
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
        {start.error ? (
          <Alert
            type="error"
            showIcon
            title={hasCode(start.error, 'invalid_request') ? t('watch.suppression.unknown') : errorText(start.error, t)}
          />
        ) : null}
      </Form>
    </Modal>
  )
}

/** The chosen resident's devices, or an id typed whole: no search, as a name must not get into an address. */
function DeviceField() {
  const { t } = useTexts()
  const form = Form.useFormInstance<Fields>()
  const residentId = Form.useWatch('residentId', form) ?? null
  const { data } = useQuery({
    ...devicePageQuery({ residentId: residentId ?? '', limit: 50 }),
    enabled: residentId !== null,
  })
  const devices = residentId === null ? [] : (data?.items ?? [])
  return (
    <Form.Item
      name="deviceId"
      label={t('watch.suppression.deviceLabel')}
      rules={[{ required: true, whitespace: true, message: t('watch.suppression.needDevice') }]}
    >
      <AutoComplete
        placeholder={t('watch.suppression.deviceHint')}
        data-testid="suppression-device"
        options={devices.map(({ deviceId, kind, room }) => ({
          value: deviceId,
          label: [deviceId, deviceKindText(kind, t), room].filter(Boolean).join(' · '),
        }))}
      />
    </Form.Item>
  )
}
