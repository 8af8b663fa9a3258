/** Addresses of the office pages. Pure. Device ids may stand in them, persons' names may not. */
export type OfficeRoute =
  | { tab: 'devices'; view: 'list' | 'add' | 'import' }
  | { tab: 'devices'; view: 'device'; deviceId: string }
  | { tab: 'unknown' | 'bridges' | 'unreadable' | 'accounts' | 'statistics' }

export type OfficeTab = OfficeRoute['tab']

const DEVICE = /^\/admin\/devices\/([^/]+)$/

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
  const encoded = DEVICE.exec(plain)?.[1]
  if (encoded === undefined) return null
  try {
    return { tab: 'devices', view: 'device', deviceId: decodeURIComponent(encoded) }
  } catch {
    return null
  }
}

/** Address of a device's page. */
export function devicePage(deviceId: string): string {
  return `/admin/devices/${encodeURIComponent(deviceId)}`
}

export const TAB_PATHS: Record<OfficeTab, string> = {
  devices: '/admin/devices',
  unknown: '/admin/unknown',
  bridges: '/admin/bridges',
  unreadable: '/admin/unreadable',
  accounts: '/admin/accounts',
  statistics: '/admin/statistics',
}
