import type { TFunction } from 'i18next'
import type {
  CommandView,
  DeviceKind,
  DeviceModelView,
  DeviceRole,
  DeviceView,
  LifecycleState,
  Protocol,
} from '../../../server/contract/device.ts'
import { ApiError } from '../../api/client.ts'
import { deviceKindText, errorText } from '../../console/words.ts'
import { zhCN } from '../../i18n/zh-CN.ts'
import type { Language } from '../../ui/formats.ts'

// The keys of typed records: complete by type, without loading the schema library into the browser.
const keysOf = <K extends string>(record: Record<K, unknown>) => Object.keys(record) as K[]
export const KINDS: readonly DeviceKind[] = keysOf<DeviceKind>(zhCN.deviceKind)
export const DEVICE_ROLES: readonly DeviceRole[] = keysOf<DeviceRole>(zhCN.deviceRole)
export const PROTOCOLS: readonly Protocol[] = keysOf<Protocol>(zhCN.deviceProtocol)
export const LIFECYCLE: readonly LifecycleState[] = keysOf<LifecycleState>(zhCN.lifecycle)

/** Words of devices, in the reader's language. */
type T = TFunction

/** A protocol's name; one that this build doesn't know is shown as it is. */
export function protocolText(protocol: string, t: T): string {
  return Object.hasOwn(zhCN.deviceProtocol, protocol) ? t(`deviceProtocol.${protocol as Protocol}`) : protocol
}

/** Why a bridge is not connected, with the code that the other side's administrator will ask for. */
export function bridgeReasonText(reason: string, t: T): string {
  if (!Object.hasOwn(zhCN.bridgeReason, reason)) return reason
  return `${t(`bridgeReason.${reason as keyof typeof zhCN.bridgeReason}`)} (${reason})`
}

export function roleText(role: DeviceRole | null, t: T): string {
  return role === null ? t('noRole.name') : t(`deviceRole.${role}.name`)
}

/** The catalogue's name of a model, or the key when it isn't in the catalogue. */
export function modelText(model: string | null, models: readonly DeviceModelView[], language: Language): string | null {
  if (model === null) return null
  const entry = models.find((candidate) => candidate.model === model)
  return entry ? `${entry.vendor} ${entry.name[language]}` : model
}

/** `卫生间`, `弋阳县 桃源街道`; empty without either. */
export function placeText({ room, place }: Pick<DeviceView, 'room' | 'place'>): string {
  return [room, place].filter(Boolean).join(' · ')
}

/** `−87 dBm` below zero, otherwise a link quality (Zigbee's 0…255). */
export function signalText(rssi: number | null): string {
  if (rssi === null) return '—'
  return rssi < 0 ? `−${Math.abs(Math.round(rssi))} dBm` : `LQI ${Math.round(rssi)}`
}

export function batteryText(battery: number | null): string {
  return battery === null ? '—' : `${Math.round(battery)}%`
}

/** At or below it a battery is shown in red, %. */
export const BATTERY_LOW = 20

/** What a command says besides its type, short. */
export function commandDetail({ type, args }: Pick<CommandView, 'type' | 'args'>, t: T): string {
  const onOff = (on: boolean) => t(on ? 'devices.commands.on' : 'devices.commands.off')
  const parts = [
    args.text === undefined ? '' : `“${args.text}”`,
    args.seconds === undefined ? '' : `${args.seconds} s`,
    args.intervalSeconds === undefined ? '' : `${t('devices.commands.interval')} ${args.intervalSeconds}`,
    args.sosNumbers === undefined
      ? ''
      : `${t('devices.commands.sosNumbers')} ${args.sosNumbers.map(masked).join(', ')}`,
    args.fallDetection === undefined ? '' : `${t('devices.commands.fallDetection')} ${onOff(args.fallDetection)}`,
    args.fallSensitivity === undefined ? '' : `${t('devices.commands.fallSensitivity')} ${args.fallSensitivity}`,
    args.removalAlarm === undefined ? '' : `${t('devices.commands.removalAlarm')} ${onOff(args.removalAlarm)}`,
    args.fence === undefined ? '' : `${t('devices.commands.fence')} ${args.fence.name} ${args.fence.radius} m`,
  ]
  return type === 'closed' ? '' : parts.filter(Boolean).join(' · ')
}

/** A phone number with its middle hidden: `139****2208`. */
export function masked(number: string): string {
  return number.length < 7 ? '*'.repeat(number.length) : `${number.slice(0, 3)}****${number.slice(-4)}`
}

const OWN_WORDS = {
  stale_version: 'devices.staleStep',
  wrong_state: 'devices.wrongState',
  already_exists: 'devices.alreadyExists',
  payload_too_large: 'devices.payloadTooLarge',
  unsupported_media_type: 'devices.unsupportedType',
} as const

/** What went wrong with a device and what to do; a case's words don't fit here. */
export function deviceErrorText(error: unknown, t: T): string {
  const code = error instanceof ApiError ? error.problem?.code : undefined
  if (code !== undefined && Object.hasOwn(OWN_WORDS, code)) return t(OWN_WORDS[code as keyof typeof OWN_WORDS])
  return errorText(error, t)
}

/** `SOS 按钮 · Heiman HS1EB` of what a hub has told. */
export function suggestionText(
  unknown: { suggestedKind: string; vendor: string | null; model: string | null },
  models: readonly DeviceModelView[],
  t: T,
  language: Language,
): string {
  const known = models.some(({ model }) => model === unknown.model)
  const model = known
    ? modelText(unknown.model, models, language)
    : [unknown.vendor, unknown.model].filter(Boolean).join(' ')
  return [deviceKindText(unknown.suggestedKind, t), model].filter(Boolean).join(' · ')
}
