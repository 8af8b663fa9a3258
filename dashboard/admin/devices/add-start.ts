import type { Protocol } from '../../../server/contract/device.ts'
import { NEEDS, USUAL_KIND, WAYS, type Way } from './connection.ts'
import { type AddForm, usualRole } from './new-device.ts'

/** What the form for a new device begins with: the protocol last used here, since an installer adds many of one sort. */
let last: { protocol: Protocol; way: Way } = { protocol: 'zigbee2mqtt', way: WAYS.zigbee2mqtt[0] }

/** The next form is for this sort of device. */
export function beginWith(protocol: Protocol, way: Way): void {
  last = { protocol, way }
}

/** Values of a fresh form. */
export function startValues(): AddForm {
  const { protocol, way } = last
  const kind = NEEDS[way].kind ?? USUAL_KIND[protocol]
  return { protocol, way, kind, role: usualRole(kind), model: null, deviceId: '' }
}
