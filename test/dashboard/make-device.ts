import type { DeviceView } from '../../server/contract/device.ts'

/** A device as the API shows it. */
export function makeDevice(change: Partial<DeviceView> = {}): DeviceView {
  return {
    deviceId: 'sos-1',
    kind: 'sos_button',
    protocol: 'zigbee2mqtt',
    model: null,
    role: null,
    hubId: 'hub-1',
    address: '卫生间按钮',
    residentId: 'r-1',
    residentName: '周桂兰',
    place: '弋阳县 桃源街道',
    room: null,
    lifecycle: 'in_service',
    note: null,
    sources: [],
    version: 3,
    online: true,
    onlineChangedAt: null,
    lastSeenAt: null,
    nextExpectedAt: null,
    battery: null,
    rssi: null,
    firmware: null,
    createdAt: '2026-03-02T02:41:53.204Z',
    ...change,
  }
}
