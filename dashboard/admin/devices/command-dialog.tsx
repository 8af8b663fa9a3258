import { Alert, Form, Input, InputNumber, Modal, Segmented, Select } from 'antd'
import { useState } from 'react'
import type { NewCommand } from '../../../server/contract/device.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { type ConfigForm, configArguments, PHONE_NUMBER } from './command-args.ts'
import { HIGH } from './device-fields.tsx'
import { deviceErrorText } from './terms.ts'

/** Commands that need to be told something. */
export type FormCommand = 'sound' | 'message' | 'config'

interface Props {
  type: FormCommand
  pending: boolean
  error: unknown
  onSend(command: NewCommand): void
  onClose(): void
}

type Values = ConfigForm & { seconds?: number; text?: string }

const START: Values = { seconds: 10, fallDetection: 'same', removalAlarm: 'same' }

export function CommandDialog({ type, pending, error, onSend, onClose }: Props) {
  useReturnFocus()
  const { t } = useTexts()
  const [form] = Form.useForm<Values>()
  const [refusal, setRefusal] = useState<string | null>(null)
  const submit = (values: Values) => {
    if (type === 'sound') return onSend({ type, args: { seconds: values.seconds ?? 10 } })
    if (type === 'message') return onSend({ type, args: { text: values.text?.trim() ?? '' } })
    const args = configArguments(values)
    if (args === 'nothing') return setRefusal(t('devices.commands.configNeeded'))
    if (args === 'incomplete_fence') return setRefusal(t('devices.commands.fenceNeeded'))
    setRefusal(null)
    return onSend({ type, args })
  }
  return (
    <Modal
      open
      width={type === 'config' ? 560 : 440}
      style={HIGH}
      title={t(`devices.commands.${type}Title`)}
      okText={t('devices.commands.send')}
      confirmLoading={pending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t(`devices.commands.${type}Text`)}</p>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={START} onFinish={submit}>
        {type === 'sound' ? <Seconds /> : type === 'message' ? <Text /> : <Config />}
        <input type="submit" hidden />
      </Form>
      {refusal === null ? null : <Alert type="warning" showIcon title={refusal} />}
      {error ? <Alert type="error" showIcon title={deviceErrorText(error, t)} /> : null}
    </Modal>
  )
}

function Seconds() {
  const { t } = useTexts()
  return (
    <Form.Item name="seconds" label={t('devices.commands.seconds')} rules={[{ required: true }]}>
      <InputNumber min={1} max={120} precision={0} autoFocus />
    </Form.Item>
  )
}

function Text() {
  const { t } = useTexts()
  return (
    <Form.Item
      name="text"
      label={t('devices.commands.text')}
      rules={[{ required: true, whitespace: true, message: t('devices.commands.textNeeded') }]}
    >
      <Input.TextArea autoFocus maxLength={200} showCount autoSize={{ minRows: 2, maxRows: 5 }} />
    </Form.Item>
  )
}

function Config() {
  const { t } = useTexts()
  return (
    <div className="two-columns">
      <Form.Item
        name="intervalSeconds"
        label={t('devices.commands.interval')}
        extra={t('devices.commands.intervalHint')}
      >
        <InputNumber min={10} max={86_400} precision={0} autoFocus placeholder={t('devices.commands.unchanged')} />
      </Form.Item>
      <Form.Item
        name="sosNumbers"
        label={t('devices.commands.sosNumbers')}
        extra={t('devices.commands.sosNumbersHint')}
        rules={[
          {
            validator: (_, numbers: string[] | undefined) =>
              numbers?.every((number) => PHONE_NUMBER.test(number)) === false
                ? Promise.reject(new Error(t('devices.commands.sosNumberWrong')))
                : Promise.resolve(),
          },
        ]}
      >
        <Select
          mode="tags"
          maxCount={3}
          open={false}
          suffixIcon={null}
          tokenSeparators={[',', ' ', '，']}
          placeholder={t('devices.commands.unchanged')}
        />
      </Form.Item>
      <Switch name="fallDetection" />
      <Form.Item
        name="fallSensitivity"
        label={t('devices.commands.fallSensitivity')}
        extra={t('devices.commands.fallSensitivityHint')}
      >
        <InputNumber min={1} max={8} precision={0} placeholder={t('devices.commands.unchanged')} />
      </Form.Item>
      <Switch name="removalAlarm" />
      <fieldset className="wide fence-fields">
        <legend>{t('devices.commands.fence')}</legend>
        <Form.Item name={['fence', 'name']} label={t('devices.commands.fenceName')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name={['fence', 'radius']} label={t('devices.commands.fenceRadius')}>
          <InputNumber min={20} max={50_000} precision={0} />
        </Form.Item>
        <Form.Item name={['fence', 'lat']} label={t('devices.commands.fenceLat')}>
          <InputNumber min={-90} max={90} precision={6} />
        </Form.Item>
        <Form.Item name={['fence', 'lon']} label={t('devices.commands.fenceLon')}>
          <InputNumber min={-180} max={180} precision={6} />
        </Form.Item>
      </fieldset>
    </div>
  )
}

/** On, off, or left as it is. */
function Switch({ name }: { name: 'fallDetection' | 'removalAlarm' }) {
  const { t } = useTexts()
  return (
    <Form.Item name={name} label={t(`devices.commands.${name}`)}>
      <Segmented
        options={[
          { value: 'same', label: t('devices.commands.unchanged') },
          { value: 'on', label: t('devices.commands.on') },
          { value: 'off', label: t('devices.commands.off') },
        ]}
      />
    </Form.Item>
  )
}
