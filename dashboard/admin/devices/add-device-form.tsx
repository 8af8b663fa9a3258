import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Select } from 'antd'
import { useState } from 'react'
import type { DeviceModelView, NewDevice, NewDeviceAnswer, Protocol } from '../../../server/contract/device.ts'
import { request } from '../../api/client.ts'
import { DEVICE_KEYS } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { AddressField, HubField, IdField } from './add-device-fields.tsx'
import { beginWith, startValues } from './add-start.ts'
import { NEEDS, USUAL_KIND, WAYS, type Way } from './connection.ts'
import {
  KindField,
  ModelField,
  NoteField,
  ResidentField,
  RoleField,
  RoomField,
  SourcesField,
} from './device-fields.tsx'
import { needsAlert, showFieldErrors } from './form-errors.ts'
import { stepsOf } from './guide.ts'
import { type AddedDevice, type AddForm, newDevice, usualRole } from './new-device.ts'
import { deviceErrorText, PROTOCOLS, protocolText } from './terms.ts'

/** Asks for what this kind of connection needs, and no more. */
export function AddDeviceForm({ onAdded }: { onAdded(added: AddedDevice): void }) {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<AddForm>()
  const [others, setOthers] = useState<string[]>([])
  const [start] = useState(startValues)
  const protocol = Form.useWatch('protocol', form) ?? start.protocol
  const way = Form.useWatch('way', form) ?? start.way
  const kind = Form.useWatch('kind', form) ?? start.kind
  const add = useMutation({
    mutationFn: (device: NewDevice) => request<NewDeviceAnswer>('POST', '/devices', device),
    onSuccess: (answer, device) => {
      void client.invalidateQueries({ queryKey: DEVICE_KEYS.all })
      const { deviceId, kind, hubId = null, address = null } = device
      onAdded({ device: { deviceId, kind, protocol: device.protocol, hubId, address }, answer })
    },
    onError: (error) => setOthers(showFieldErrors(form, error, language)),
  })
  const choose = (chosen: Protocol, chosenWay: Way) => {
    beginWith(chosen, chosenWay)
    const usual = NEEDS[chosenWay].kind ?? USUAL_KIND[chosen]
    form.setFieldsValue({ protocol: chosen, way: chosenWay, kind: usual, role: usualRole(usual), model: null })
  }
  const pickModel = ({ model, kind, role }: DeviceModelView) => form.setFieldsValue({ model, kind, role })
  return (
    <Form<AddForm>
      form={form}
      layout="vertical"
      requiredMark={false}
      scrollToFirstError
      initialValues={start}
      onFinish={(values) => add.mutate(newDevice(values))}
      className="add-columns"
    >
      <div>
        <div className="panel two-columns">
          <Form.Item name="protocol" label={t('addDevice.how')} extra={t(`addDevice.about.${protocol}`)}>
            <Select
              listHeight={420}
              showSearch={{ optionFilterProp: 'label' }}
              options={PROTOCOLS.map((value) => ({ value, label: protocolText(value, t) }))}
              optionRender={({ value, label }) => (
                <span className="role-option">
                  <b>{label}</b>
                  <small>{t(`addDevice.about.${value as Protocol}`)}</small>
                </span>
              )}
              onChange={(chosen: Protocol) => choose(chosen, WAYS[chosen][0])}
              data-testid="protocol"
            />
          </Form.Item>
          <Form.Item name="way" label={t('addDevice.way')} hidden={WAYS[protocol].length === 1}>
            <Select
              options={WAYS[protocol].map((value) => ({ value, label: t(`addDevice.ways.${value}`) }))}
              onChange={(chosen: Way) => choose(protocol, chosen)}
              data-testid="way"
            />
          </Form.Item>
        </div>
        <div className="panel two-columns">
          {NEEDS[way].hub ? <HubField protocol={protocol} /> : null}
          {NEEDS[way].address ? <AddressField protocol={protocol} way={way} /> : null}
          <IdField />
          {way === 'bridge' ? null : <ModelField protocol={protocol} onModel={pickModel} />}
          {NEEDS[way].kind === null ? (
            <KindField onKind={(chosen) => form.setFieldValue('role', usualRole(chosen))} />
          ) : null}
          {NEEDS[way].kind === null ? <RoleField /> : null}
          {way === 'bridge' ? null : <ResidentField name={null} />}
          {way === 'bridge' ? null : <RoomField />}
          {NEEDS[way].sources ? <SourcesField /> : null}
          <NoteField />
        </div>
        {needsAlert(add.error, others) ? (
          <Alert
            type="error"
            showIcon
            className="form-alert"
            title={deviceErrorText(add.error, t)}
            description={others.join('\n')}
          />
        ) : null}
        <div className="page-actions">
          <Button type="primary" htmlType="submit" size="large" loading={add.isPending} data-testid="submit-device">
            {t('addDevice.submit')}
          </Button>
        </div>
      </div>
      <Afterwards protocol={protocol} way={way} kind={kind} />
    </Form>
  )
}

/** What will have to be done once it is registered. */
function Afterwards({ protocol, way, kind }: { protocol: Protocol; way: Way; kind: string }) {
  const { t } = useTexts()
  return (
    <aside className="panel">
      <h3>{t('addDevice.afterwards')}</h3>
      <ol className="guide-steps">
        {stepsOf(protocol, way, kind).map((step) => (
          <li key={step}>{t(`connect.step.${step}`)}</li>
        ))}
      </ol>
    </aside>
  )
}
