import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import type { DeviceSettingsChange, DeviceSettingsView, DeviceView } from '../../../server/contract/device.ts'
import { request } from '../../api/client.ts'
import { devicePath, settingsQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { BridgeForm } from './bridge-form.tsx'
import { BridgeStatus } from './bridges.tsx'
import { wayOf } from './connection.ts'
import { MappingEditor } from './mapping-editor.tsx'
import { Panel } from './panel.tsx'
import { PhoneKey } from './phone-key.tsx'
import type { SaveSettings } from './save-settings.ts'

/** What a login of this protocol needs to be told. */
export function SettingsPanel({ device }: { device: DeviceView }) {
  const { t } = useTexts()
  const query = useQuery(settingsQuery(device.deviceId))
  return (
    <Panel title={t('devices.settings.title')} name="device-settings">
      {query.data ? (
        <Settings device={device} settings={query.data} />
      ) : query.isPending ? (
        <LateSkeleton rows={4} />
      ) : (
        <ErrorState
          compact
          title={t('admin.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      )}
    </Panel>
  )
}

function Settings({ device, settings }: { device: DeviceView; settings: DeviceSettingsView }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { message } = App.useApp()
  const put = useMutation({
    mutationFn: (change: DeviceSettingsChange) =>
      request<DeviceSettingsView>('PUT', `${devicePath(device.deviceId)}/settings`, change),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: settingsQuery(device.deviceId).queryKey })
      void client.invalidateQueries({ queryKey: ['bridges'] })
      void message.success(t('devices.settings.saved'))
    },
  })
  const saving: SaveSettings = { save: (change) => put.mutate(change), pending: put.isPending, error: put.error }
  return (
    <>
      {wayOf(device) === 'bridge' ? <BridgeStatus deviceId={device.deviceId} /> : null}
      {wayOf(device) === 'bridge' ? (
        <BridgeForm key={JSON.stringify(settings.bridge)} bridge={settings.bridge} saving={saving} />
      ) : null}
      {device.protocol === 'mapped' ? <MappingEditor mapping={settings.mapping} saving={saving} /> : null}
      {device.protocol === 'owntracks' ? <PhoneKey isSet={settings.hasEncryptionKey} saving={saving} /> : null}
    </>
  )
}
