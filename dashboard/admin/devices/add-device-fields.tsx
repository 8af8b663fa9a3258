import { Form, Input } from 'antd'
import type { Protocol } from '../../../server/contract/device.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { ADDRESS_PATTERN, addressForm, DEVICE_ID, suggestId, tidyAddress, type Way } from './connection.ts'
import { HubSelect } from './hub-select.tsx'
import type { AddForm } from './new-device.ts'
import { ScanButton } from './scan.tsx'

/** Fields that say which device it is. */

export function HubField({ protocol }: { protocol: Protocol }) {
  const { t } = useTexts()
  return (
    <Form.Item name="hubId" label={t('addDevice.hub')} rules={[{ required: true, message: t('addDevice.hubNeeded') }]}>
      <HubSelect protocol={protocol} />
    </Form.Item>
  )
}

/** What the protocol calls the device. The id follows it until somebody writes another one. */
export function AddressField({ protocol, way }: { protocol: Protocol; way: Way }) {
  const { t } = useTexts()
  const form = Form.useFormInstance<AddForm>()
  const words = addressForm(protocol, way)
  const pattern = ADDRESS_PATTERN[words]
  const hint = words === 'behindZigbee' ? 'behind' : words
  const follow = (before: string, now: string) => {
    const id = form.getFieldValue('deviceId') as string | undefined
    if (!id || id === suggestId(before, words)) form.setFieldValue('deviceId', suggestId(now, words))
  }
  return (
    <Form.Item
      className={way === 'behind' ? '' : 'wide'}
      label={t(`addDevice.address.${words}`)}
      extra={t(`addDevice.addressHint.${hint}`)}
      htmlFor="address"
    >
      <span className="with-scan">
        <Form.Item
          name="address"
          noStyle
          validateTrigger="onBlur"
          normalize={(text: string, before: string | undefined) => {
            const tidy = pattern === null ? text : tidyAddress(text, words)
            follow(before ?? '', tidy)
            return tidy
          }}
          rules={[
            { required: true, message: t('addDevice.addressNeeded') },
            ...(pattern === null ? [] : [{ pattern, message: wrongAddress(words, t) }]),
          ]}
        >
          <Input id="address" maxLength={128} autoComplete="off" spellCheck={false} data-testid="device-address" />
        </Form.Item>
        <ScanButton
          label={t('addDevice.scan')}
          onScan={(found) => {
            const text = found.is === 'address' ? found.address : found.deviceId
            const tidy = tidyAddress(text, words)
            follow((form.getFieldValue('address') as string | undefined) ?? '', tidy)
            form.setFieldValue('address', tidy)
          }}
        />
      </span>
    </Form.Item>
  )
}

function wrongAddress(words: ReturnType<typeof addressForm>, t: ReturnType<typeof useTexts>['t']): string {
  return words === 'behind' || words === 'behindZigbee'
    ? t('addDevice.addressNeeded')
    : t(`addDevice.addressWrong.${words}`)
}

export function IdField() {
  const { t } = useTexts()
  return (
    <Form.Item
      name="deviceId"
      label={t('addDevice.id')}
      extra={t('addDevice.idHint')}
      validateTrigger="onBlur"
      rules={[{ required: true, pattern: DEVICE_ID, message: t('addDevice.idWrong') }]}
    >
      <Input maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} data-testid="device-id" />
    </Form.Item>
  )
}
