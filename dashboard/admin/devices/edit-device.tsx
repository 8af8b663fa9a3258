import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import type { DeviceChange, DeviceView, Protocol } from '../../../server/contract/device.ts'
import { hasCode, request } from '../../api/client.ts'
import { DEVICE_KEYS, devicePath, deviceQuery } from '../../api/device-queries.ts'
import { deviceKindText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { changedFields, changeOf, type DeviceForm, formOf, type WatchedField } from './changes.ts'
import { ADDRESS_PATTERN, addressForm, NEEDS, tidyAddress, wayOf } from './connection.ts'
import {
  HIGH,
  KindField,
  ModelField,
  NoteField,
  ResidentField,
  RoleField,
  RoomField,
  SourcesField,
} from './device-fields.tsx'
import { needsAlert, showFieldErrors } from './form-errors.ts'
import { deviceErrorText, roleText } from './terms.ts'

/** Changes a device's record. When somebody else was quicker nothing is lost: both versions are seen before the next save. */
export function EditDevice({ device, onClose }: { device: DeviceView; onClose(): void }) {
  useReturnFocus()
  const { t, language } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<DeviceForm>()
  // The record that the change is compared with, which is not the one that a refetch brings meanwhile.
  const [looked, setLooked] = useState(device)
  const [meanwhile, setMeanwhile] = useState<DeviceView | null>(null)
  const [others, setOthers] = useState<string[]>([])
  const save = useMutation({
    mutationFn: (change: DeviceChange) => request<DeviceView>('PATCH', devicePath(device.deviceId), change),
    onSuccess: (saved) => {
      client.setQueryData(DEVICE_KEYS.one(device.deviceId), saved)
      void client.invalidateQueries({ queryKey: DEVICE_KEYS.all })
      onClose()
    },
    onError: async (error) => {
      if (!hasCode(error, 'stale_version')) return setOthers(showFieldErrors(form, error, language))
      const now = await client.fetchQuery({ ...deviceQuery(device.deviceId), staleTime: 0 })
      setMeanwhile(looked)
      setLooked(now)
      return takeOver(form, looked, now)
    },
  })
  const way = wayOf(device)
  const submit = (values: DeviceForm) => {
    const change = changeOf(looked, { ...formOf(looked), ...values })
    if (change === null) onClose()
    else save.mutate(change)
  }
  return (
    <Modal
      open
      width={640}
      style={HIGH}
      title={
        <>
          {t('devices.page.editTitle')}
          <span className="dialog-case">{device.deviceId}</span>
        </>
      }
      okText={t('devices.page.save')}
      mask={{ closable: false }}
      confirmLoading={save.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      {meanwhile ? <Meanwhile before={meanwhile} now={looked} /> : null}
      <Form<DeviceForm>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={formOf(device)}
        onFinish={submit}
        className="two-columns"
      >
        <ResidentField name={looked.residentName} had={looked.residentId !== null} />
        <RoomField />
        <KindField fixed={NEEDS[way].kind !== null} />
        {NEEDS[way].kind === null ? <RoleField /> : null}
        <ModelField
          protocol={device.protocol}
          onModel={(model) => form.setFieldsValue({ model: model.model, kind: model.kind })}
        />
        {NEEDS[way].address || device.address !== null ? <AddressField device={device} /> : null}
        {NEEDS[way].sources ? <SourcesField /> : null}
        <NoteField />
        <input type="submit" hidden />
      </Form>
      {needsAlert(save.error, others) && !hasCode(save.error, 'stale_version') ? (
        <Alert type="error" showIcon title={deviceErrorText(save.error, t)} description={others.join('\n')} />
      ) : null}
    </Modal>
  )
}

/** What the form didn't touch follows the record. */
function takeOver(form: ReturnType<typeof Form.useForm<DeviceForm>>[0], before: DeviceView, now: DeviceView): void {
  const was = formOf(before)
  const typed = form.getFieldsValue()
  const fresh = formOf(now)
  for (const field of Object.keys(fresh) as (keyof DeviceForm)[]) {
    if (JSON.stringify(typed[field] ?? null) !== JSON.stringify(was[field] ?? null)) continue
    form.setFieldValue(field, fresh[field])
  }
}

function AddressField({ device }: { device: DeviceView }) {
  const { t } = useTexts()
  const words = addressForm(device.protocol as Protocol, wayOf(device))
  const pattern = ADDRESS_PATTERN[words]
  return (
    <Form.Item
      name="address"
      label={t(`addDevice.address.${words}`)}
      normalize={(text: string) => (pattern === null ? text : tidyAddress(text, words))}
      rules={
        words === 'behind' || words === 'behindZigbee'
          ? [{ required: true, message: t('addDevice.addressNeeded') }]
          : [{ pattern: pattern ?? /./, message: t(`addDevice.addressWrong.${words}`) }]
      }
    >
      <Input maxLength={128} autoComplete="off" spellCheck={false} />
    </Form.Item>
  )
}

/** Nothing was saved, and why. */
function Meanwhile({ before, now }: { before: DeviceView; now: DeviceView }) {
  const { t } = useTexts()
  const say = useFieldText()
  return (
    <Alert
      type="warning"
      showIcon
      className="form-alert"
      data-testid="stale-device"
      title={t('devices.stale')}
      description={
        <>
          <ul className="changed-fields">
            {changedFields(before, now).map((field) => (
              <li key={field}>
                {t('devices.edit.changed', {
                  field: say(field, now).name,
                  from: say(field, before).value,
                  to: say(field, now).value,
                })}
              </li>
            ))}
          </ul>
          {t('devices.staleAgain')}
        </>
      }
    />
  )
}

function useFieldText() {
  const { t } = useTexts()
  const dash = (text: string | null) => text ?? '—'
  return (field: WatchedField, device: DeviceView): { name: string; value: string } => {
    switch (field) {
      case 'kind':
        return { name: t('devices.page.kind'), value: deviceKindText(device.kind, t) }
      case 'role':
        return { name: t('devices.page.role'), value: roleText(device.role, t) }
      case 'lifecycle':
        return { name: t('devices.life.title'), value: t(`lifecycle.${device.lifecycle}`) }
      case 'residentName':
        return { name: t('devices.page.resident'), value: device.residentName ?? t('devices.nobody') }
      case 'sources':
        return { name: t('devices.page.sources'), value: device.sources.join(', ') || t('devices.page.anySource') }
      case 'model':
      case 'room':
      case 'address':
      case 'note':
        return { name: t(`devices.page.${field}`), value: dash(device[field]) }
    }
  }
}
