import type { DeviceRole, DeviceView, NewDevice, NewDeviceAnswer, Protocol } from '../../../server/contract/device.ts'
import { addressForm, NEEDS, tidyAddress, type Way } from './connection.ts'

/** As the form for one device holds it. */
export interface AddForm {
  protocol: Protocol
  way: Way
  deviceId: string
  kind: string
  hubId?: string
  address?: string
  model?: string | null
  role?: DeviceRole | null
  residentId?: string | null
  room?: string
  sources?: string[]
  note?: string
}

/** The role that goes without saying for a kind. */
export function usualRole(kind: string): DeviceRole | null {
  return kind === 'sos_button' ? 'sos' : null
}

/** The request: what the way doesn't need and what is empty is left out. Pure. */
export function newDevice(form: AddForm): NewDevice {
  const needs = NEEDS[form.way]
  const device: NewDevice = {
    deviceId: form.deviceId.trim(),
    kind: needs.kind ?? form.kind,
    protocol: form.protocol,
  }
  if (needs.hub && form.hubId) device.hubId = form.hubId
  if (needs.address && form.address) device.address = tidyAddress(form.address, addressForm(form.protocol, form.way))
  if (needs.sources && form.sources && form.sources.length > 0) device.sources = form.sources
  if (form.model) device.model = form.model
  // Told also when there is none: what the form shows is what the device becomes.
  if (needs.kind === null) device.role = form.role ?? null
  if (form.residentId) device.residentId = form.residentId
  if (form.room?.trim()) device.room = form.room.trim()
  if (form.note?.trim()) device.note = form.note.trim()
  return device
}

/** What was added, and the answer with its secret. */
export interface AddedDevice {
  device: Pick<DeviceView, 'deviceId' | 'kind' | 'protocol' | 'hubId' | 'address'>
  answer: NewDeviceAnswer
}
