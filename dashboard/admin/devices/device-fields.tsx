import { useQuery } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import type { DeviceModelView, DeviceRole } from '../../../server/contract/device.ts'
import { modelsQuery } from '../../api/device-queries.ts'
import { deviceKindText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { CIDR } from './connection.ts'
import { ResidentSelect } from './resident-select.tsx'
import { DEVICE_ROLES, KINDS } from './terms.ts'

/** Fields that the forms for devices share. Each is named as in the contract. */

/** Longer forms begin nearer to the top than antd's dialogs do. */
export const HIGH = { top: 40 }

export function KindField({ fixed, onKind }: { fixed?: boolean; onKind?(kind: string): void }) {
  const { t } = useTexts()
  return (
    <Form.Item
      name="kind"
      label={t('devices.page.kind')}
      rules={[{ required: true, message: t('devices.edit.kindNeeded') }]}
    >
      <Select
        disabled={fixed ?? false}
        onChange={(kind: string) => onKind?.(kind)}
        showSearch={{ optionFilterProp: 'label' }}
        options={KINDS.filter((kind) => fixed || (kind !== 'hub' && kind !== 'bridge')).map((value) => ({
          value,
          label: deviceKindText(value, t),
        }))}
      />
    </Form.Item>
  )
}

/** A model of the catalogue; choosing one tells `onModel`, which can fill in kind and role. */
export function ModelField(props: { protocol: string; onModel(model: DeviceModelView): void }) {
  const { t, language } = useTexts()
  const models = (useQuery(modelsQuery).data ?? []).filter(({ protocols }) => protocols.includes(props.protocol))
  const form = Form.useFormInstance()
  const current: unknown = Form.useWatch('model', form)
  const options = models.map((model) => ({ value: model.model, label: `${model.vendor} ${model.name[language]}` }))
  // A hub names its makers' models; those that are in no catalogue are kept as they are.
  const unlisted = typeof current === 'string' && current !== '' && !models.some(({ model }) => model === current)
  return (
    <Form.Item
      name="model"
      label={`${t('devices.page.model')} (${t('common.optional')})`}
      extra={t('devices.edit.modelHint')}
    >
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('devices.edit.modelNone')}
        options={unlisted ? [{ value: current, label: current }, ...options] : options}
        onChange={(chosen: string | undefined) => {
          const model = models.find((candidate) => candidate.model === chosen)
          if (model) props.onModel(model)
          else form.setFieldValue('model', chosen ?? null)
        }}
      />
    </Form.Item>
  )
}

/** What a press or a trigger counts as; each choice says what follows from it. */
export function RoleField() {
  const { t } = useTexts()
  const role = (Form.useWatch('role') ?? null) as DeviceRole | null
  return (
    <Form.Item
      name="role"
      label={t('devices.page.role')}
      extra={role === null ? t('noRole.means') : t(`deviceRole.${role}.means`)}
    >
      <Select
        allowClear
        placeholder={t('noRole.name')}
        listHeight={360}
        options={DEVICE_ROLES.map((value) => ({ value, label: t(`deviceRole.${value}.name`) }))}
        optionRender={({ value, label }) => (
          <span className="role-option">
            <b>{label}</b>
            <small>{t(`deviceRole.${value as DeviceRole}.means`)}</small>
          </span>
        )}
      />
    </Form.Item>
  )
}

export function ResidentField({ name, had }: { name: string | null; had?: boolean }) {
  const { t } = useTexts()
  const chosen: unknown = Form.useWatch('residentId')
  const gone = had === true && !chosen
  return (
    <Form.Item
      name="residentId"
      label={`${t('devices.page.resident')} (${t('common.optional')})`}
      extra={gone ? t('devices.edit.residentLeaves') : undefined}
    >
      <ResidentSelect name={name} />
    </Form.Item>
  )
}

export function RoomField() {
  const { t } = useTexts()
  return (
    <Form.Item name="room" label={`${t('devices.page.room')} (${t('common.optional')})`}>
      <Input maxLength={40} placeholder={t('devices.edit.roomHint')} autoComplete="off" />
    </Form.Item>
  )
}

export function NoteField() {
  const { t } = useTexts()
  return (
    <Form.Item name="note" className="wide" label={`${t('devices.page.note')} (${t('common.optional')})`}>
      <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} placeholder={t('devices.edit.noteHint')} />
    </Form.Item>
  )
}

/** Addresses that a TCP device may come from. */
export function SourcesField() {
  const { t } = useTexts()
  return (
    <Form.Item
      name="sources"
      className="wide"
      label={`${t('devices.page.sources')} (${t('common.optional')})`}
      extra={t('devices.edit.sourcesHint')}
      rules={[
        {
          validator: (_, values: string[] | undefined) => {
            const wrong = values?.find((value) => !CIDR.test(value))
            return wrong === undefined
              ? Promise.resolve()
              : Promise.reject(new Error(t('devices.edit.sourceWrong', { value: wrong })))
          },
        },
      ]}
    >
      <Select
        mode="tags"
        maxCount={10}
        tokenSeparators={[',', ' ', '，', ';']}
        open={false}
        suffixIcon={null}
        placeholder={t('devices.page.anySource')}
      />
    </Form.Item>
  )
}
