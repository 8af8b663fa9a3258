import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import type { Adoption, NewDeviceAnswer, UnknownDeviceView } from '../../../server/contract/device.ts'
import { request } from '../../api/client.ts'
import { DEVICE_KEYS, modelsQuery } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { devicePage } from '../routes.ts'
import { ConnectGuide } from './connect-guide.tsx'
import { DEVICE_ID } from './connection.ts'
import { HIGH, KindField, ModelField, ResidentField, RoleField, RoomField } from './device-fields.tsx'
import { needsAlert, showFieldErrors } from './form-errors.ts'
import { usualRole } from './new-device.ts'
import { deviceErrorText, suggestionText } from './terms.ts'

/** Registers a device that knocked. The form begins with what its hub and its model suggest. */
export function AdoptDialog({ knock, onClose }: { knock: UnknownDeviceView; onClose(): void }) {
  useReturnFocus()
  const { t, language } = useTexts()
  const client = useQueryClient()
  const models = useQuery(modelsQuery).data ?? []
  const [form] = Form.useForm<Adoption>()
  const [others, setOthers] = useState<string[]>([])
  const adopt = useMutation({
    mutationFn: (adoption: Adoption) =>
      request<NewDeviceAnswer>('POST', `/unknown-devices/${encodeURIComponent(knock.knockId)}/adopt`, adoption),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: DEVICE_KEYS.unknown })
      void client.invalidateQueries({ queryKey: DEVICE_KEYS.all })
    },
    onError: (error) => setOthers(showFieldErrors(form, error, language)),
  })
  if (adopt.data) return <Adopted knock={knock} answer={adopt.data} onClose={onClose} />
  const submit = ({ deviceId, room, ...rest }: Adoption) =>
    adopt.mutate({
      ...rest,
      role: rest.role ?? null,
      model: rest.model ?? null,
      residentId: rest.residentId ?? null,
      room: room?.trim() || null,
      ...(deviceId?.trim() ? { deviceId: deviceId.trim() } : {}),
    })
  return (
    <Modal
      open
      width={600}
      style={HIGH}
      title={
        <>
          {t('devices.unknown.adoptTitle')}
          <span className="dialog-case">
            {suggestionText(knock, models, t, language)} · {knock.address}
          </span>
        </>
      }
      okText={t('devices.unknown.adopt')}
      mask={{ closable: false }}
      confirmLoading={adopt.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t('devices.unknown.adoptLead')}</p>
      <Form<Adoption>
        form={form}
        layout="vertical"
        requiredMark={false}
        className="two-columns"
        initialValues={{
          kind: knock.suggestedKind,
          role: knock.suggestedRole ?? usualRole(knock.suggestedKind),
          residentId: knock.hubResidentId,
          model: knock.model,
        }}
        onFinish={submit}
      >
        <ResidentField name={knock.hubResidentName} />
        <RoomField />
        <KindField onKind={(kind) => form.setFieldValue('role', usualRole(kind))} />
        <RoleField />
        <ModelField
          protocol={knock.protocol}
          onModel={({ model, kind, role }) => form.setFieldsValue({ model, kind, role })}
        />
        <Form.Item
          name="deviceId"
          label={`${t('addDevice.id')} (${t('common.optional')})`}
          rules={[{ pattern: DEVICE_ID, message: t('addDevice.idWrong') }]}
        >
          <Input
            maxLength={64}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={t('devices.unknown.idOptional')}
          />
        </Form.Item>
        <input type="submit" hidden />
      </Form>
      {needsAlert(adopt.error, others) ? (
        <Alert type="error" showIcon title={deviceErrorText(adopt.error, t)} description={others.join('\n')} />
      ) : null}
    </Modal>
  )
}

function Adopted({ knock, answer, onClose }: { knock: UnknownDeviceView; answer: NewDeviceAnswer; onClose(): void }) {
  const { t } = useTexts()
  const hasSecret = answer.secret !== null
  return (
    <Modal
      open
      width={560}
      title={t('devices.unknown.adopted')}
      closable={!hasSecret}
      keyboard={!hasSecret}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={() => navigate(devicePage(answer.deviceId))}>{t('devices.unknown.openDevice')}</Button>
          <Button type="primary" autoFocus onClick={onClose} data-testid="adopted">
            {t(hasSecret ? 'admin.saved' : 'devices.unknown.finish')}
          </Button>
        </>
      }
    >
      <p className="dialog-lead">
        <b>{answer.deviceId}</b> · {t('devices.unknown.adoptedText')}
      </p>
      {hasSecret ? (
        <>
          <Alert type="warning" showIcon className="form-alert" title={t('connect.secretOnce')} />
          <ConnectGuide
            device={{
              deviceId: answer.deviceId,
              kind: knock.suggestedKind,
              protocol: knock.protocol,
              hubId: knock.hubId,
              address: knock.address,
            }}
            secret={answer.secret}
          />
        </>
      ) : null}
    </Modal>
  )
}
