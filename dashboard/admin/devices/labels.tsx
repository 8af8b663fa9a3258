import { Modal, QRCode } from 'antd'
import { createPortal } from 'react-dom'
import type { DeviceView } from '../../../server/contract/device.ts'
import { deviceKindText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { labelContent } from './scan-text.ts'
import './labels.css'

/** What is known of a device just imported is its id alone. */
export type Labelled = Pick<DeviceView, 'deviceId'> & Partial<Pick<DeviceView, 'kind' | 'room'>>

/** 24 mm: a module of 0.8 mm, which phones read at arm's length. */
const LABEL_QR_PX = 91

/** Drawn in the dialog; all are printed. */
const SHOWN = 12

/** Shows labels as they will look and prints them, one a page of 62 × 29 mm. */
export function LabelDialog({ devices, onClose }: { devices: readonly Labelled[]; onClose(): void }) {
  useReturnFocus()
  const { t } = useTexts()
  return (
    <>
      <Modal
        open
        width={620}
        title={t('devices.labels.title')}
        okText={`${t('devices.labels.print')} (${devices.length})`}
        okButtonProps={{ autoFocus: true }}
        onOk={() => window.print()}
        onCancel={onClose}
      >
        <p className="dialog-lead">{t('devices.labels.lead')}</p>
        <div className="label-preview">
          {devices.slice(0, SHOWN).map((device) => (
            <Label key={device.deviceId} device={device} />
          ))}
        </div>
        {devices.length > SHOWN ? <p className="muted">… +{devices.length - SHOWN}</p> : null}
      </Modal>
      {createPortal(
        <div className="label-sheet" aria-hidden="true">
          {devices.map((device) => (
            <Label key={device.deviceId} device={device} />
          ))}
        </div>,
        document.body,
      )}
    </>
  )
}

/** No resident's name: a label is read by whoever comes to the door. */
function Label({ device }: { device: Labelled }) {
  const { t } = useTexts()
  return (
    <div className="label" data-testid="label">
      <QRCode
        type="svg"
        value={labelContent(device.deviceId)}
        size={LABEL_QR_PX}
        marginSize={0}
        bordered={false}
        errorLevel="M"
        color="#000"
        bgColor="#fff"
      />
      <div className="label-text">
        <b>{t('brand')}</b>
        <span className="label-id" data-long={device.deviceId.length > 20 || undefined}>
          {device.deviceId}
        </span>
        {device.kind ? <span>{deviceKindText(device.kind, t)}</span> : null}
        {device.room ? <span>{device.room}</span> : null}
      </div>
    </div>
  )
}
