import { SETTING_SCOPES, type SettingScope } from '../../server/contract/detect-settings.ts'

/** Addresses of the office pages. Pure. Device ids may stand in them, persons' names may not. */
export type OfficeRoute =
  | { tab: 'devices'; view: 'list' | 'add' | 'import' }
  | { tab: 'devices'; view: 'device'; deviceId: string }
  | { tab: 'detection'; view: 'scope'; scope: SettingScope; scopeId: string; version: number | null }
  | { tab: 'detection'; view: 'version'; version: number }
  | { tab: 'unknown' | 'bridges' | 'unreadable' | 'accounts' | 'statistics' }

export type OfficeTab = OfficeRoute['tab']

const DEVICE = /^\/admin\/devices\/([^/]+)$/
/** `/admin/detection/resident/R`, with `/version/7` to point at one change; without an id one is chosen first. */
const SETTINGS = /^\/admin\/detection\/(home|resident|device)(?:\/([^/]+))?(?:\/version\/(\d{1,15}))?$/
const CITY_SETTINGS = /^\/admin\/detection(?:\/city)?(?:\/version\/(\d{1,15}))?$/
const VERSION = /^\/admin\/detection\/versions\/(\d{1,15})$/

const FIXED: Readonly<Record<string, OfficeRoute>> = {
  '/admin': { tab: 'devices', view: 'list' },
  '/admin/devices': { tab: 'devices', view: 'list' },
  '/admin/add-device': { tab: 'devices', view: 'add' },
  '/admin/import-devices': { tab: 'devices', view: 'import' },
  '/admin/unknown': { tab: 'unknown' },
  '/admin/bridges': { tab: 'bridges' },
  '/admin/unreadable': { tab: 'unreadable' },
  '/admin/accounts': { tab: 'accounts' },
  '/admin/statistics': { tab: 'statistics' },
}

/** The page at a path, or null when there is none. */
export function officeRoute(path: string): OfficeRoute | null {
  const plain = path.replace(/\/+$/, '')
  if (Object.hasOwn(FIXED, plain)) return FIXED[plain] ?? null
  try {
    const encoded = DEVICE.exec(plain)?.[1]
    if (encoded === undefined) return detectionRoute(plain)
    return { tab: 'devices', view: 'device', deviceId: decodeURIComponent(encoded) }
  } catch {
    return null
  }
}

function detectionRoute(plain: string): OfficeRoute | null {
  const version = VERSION.exec(plain)?.[1]
  if (version !== undefined) return { tab: 'detection', view: 'version', version: Number(version) }
  const city = CITY_SETTINGS.exec(plain)
  if (city) return { tab: 'detection', view: 'scope', scope: 'city', scopeId: '', version: numberOf(city[1]) }
  const [, name, encoded = '', at] = SETTINGS.exec(plain) ?? []
  const scope = SETTING_SCOPES.find((one) => one === name)
  if (scope === undefined) return null
  return { tab: 'detection', view: 'scope', scope, scopeId: decodeURIComponent(encoded), version: numberOf(at) }
}

const numberOf = (text: string | undefined) => (text === undefined ? null : Number(text))

/** Address of detection settings. @param version points at one change */
export function settingsPage(scope: SettingScope, scopeId = '', version?: number): string {
  const id = scopeId === '' ? '' : `/${encodeURIComponent(scopeId)}`
  if (version === undefined) return scope === 'city' ? '/admin/detection' : `/admin/detection/${scope}${id}`
  return `/admin/detection/${scope}${id}/version/${version}`
}

/** Address of a device's page. */
export function devicePage(deviceId: string): string {
  return `/admin/devices/${encodeURIComponent(deviceId)}`
}

export const TAB_PATHS: Record<OfficeTab, string> = {
  devices: '/admin/devices',
  unknown: '/admin/unknown',
  bridges: '/admin/bridges',
  detection: '/admin/detection',
  unreadable: '/admin/unreadable',
  accounts: '/admin/accounts',
  statistics: '/admin/statistics',
}
