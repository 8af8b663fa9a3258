import type { DeviceChange, DeviceView } from '../../../server/contract/device.ts'

/** What a form changes in a device's record. Pure. */

/** As the form holds it; empty text is nothing. */
export interface DeviceForm {
  kind: string
  model: string | null
  residentId: string | null
  room: string
  role: DeviceView['role']
  address: string
  sources: string[]
  note: string
}

export function formOf(device: DeviceView): DeviceForm {
  return {
    kind: device.kind,
    model: device.model,
    residentId: device.residentId,
    room: device.room ?? '',
    role: device.role,
    address: device.address ?? '',
    sources: [...device.sources],
    note: device.note ?? '',
  }
}

const textOrNull = (text: string | undefined): string | null => text?.trim() || null

/** Only what differs from the record as it was looked at; null: nothing. */
export function changeOf(device: DeviceView, form: DeviceForm): DeviceChange | null {
  const wanted = {
    kind: form.kind,
    model: form.model ?? null,
    residentId: form.residentId ?? null,
    room: textOrNull(form.room),
    role: form.role ?? null,
    address: textOrNull(form.address),
    sources: form.sources,
    note: textOrNull(form.note),
  }
  const changed = Object.entries(wanted).filter(([field, value]) => !same(value, device[field as keyof typeof wanted]))
  return changed.length === 0 ? null : { version: device.version, ...Object.fromEntries(changed) }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const WATCHED = ['kind', 'model', 'residentName', 'room', 'role', 'address', 'note', 'lifecycle', 'sources'] as const
export type WatchedField = (typeof WATCHED)[number]

/** What somebody else has changed meanwhile. */
export function changedFields(before: DeviceView, after: DeviceView): WatchedField[] {
  return WATCHED.filter((field) => !same(before[field], after[field]))
}
