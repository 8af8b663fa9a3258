import { type Kysely, sql } from 'kysely'
import { type DetectSettings, layered, type SettingScope, type SettingsLayer } from '../contract/detect-settings.ts'
import type { Database } from '../store/schema.ts'

export interface Whose {
  deviceId: string
  residentId: string | null
  homeId: string | null
}

/** Supervision's settings of the whole city, layered per device. */
export interface Layers {
  /** The newest change of any setting. */
  version: number
  city: DetectSettings
  /** What is in force for a device, and the newest change in it. */
  of(device: Whose): { settings: DetectSettings; version: number }
  /** The highest battery limit that anybody has, %. */
  highestBatteryLimit: number
  lowestBatteryLimit: number
}

interface Layer {
  version: number
  settings: SettingsLayer
}

/**
 * Remembers the layers that say something of supervision or storms: few of a city's homes have any. What is remembered is
 * current: each time the newest version is asked for.
 */
export function createLayers(): (db: Kysely<Database>) => Promise<Layers> {
  let known: Layers | null = null
  return async (db) => {
    const { rows } = await sql<{ version: number }>`
      select coalesce(max(version), 0) as version from detect_setting`.execute(db)
    const version = rows[0]?.version ?? 0
    if (known === null || known.version !== version) known = await read(db, version)
    return known
  }
}

async function read(db: Kysely<Database>, version: number): Promise<Layers> {
  const { rows } = await sql<Layer & { scope: SettingScope; scope_id: string }>`
    select scope, scope_id, version, settings from (
      select distinct on (scope, scope_id) * from detect_setting order by scope, scope_id, version desc
    ) newest
    where settings ? 'supervision' or settings ? 'storms'`.execute(db)
  const layers = new Map(rows.map((row) => [`${row.scope}:${row.scope_id}`, row]))
  const nothing: Layer = { version: 0, settings: {} }
  const layer = (scope: SettingScope, id: string | null) =>
    (id === null ? undefined : layers.get(`${scope}:${id}`)) ?? nothing
  const base = layer('city', '')
  const city = layered(base.settings)
  const limits = rows.map(
    ({ settings }) => settings.supervision?.batteryLowPercent ?? city.supervision.batteryLowPercent,
  )
  return {
    version,
    city,
    of: ({ deviceId, residentId, homeId }) => {
      const nearer = [layer('home', homeId), layer('resident', residentId), layer('device', deviceId)]
      if (nearer.every((one) => one === nothing)) return { settings: city, version: base.version }
      const all = [base, ...nearer]
      return {
        settings: layered(...all.map(({ settings }) => settings)),
        version: Math.max(...all.map((one) => one.version)),
      }
    },
    highestBatteryLimit: Math.max(city.supervision.batteryLowPercent, ...limits),
    lowestBatteryLimit: Math.min(city.supervision.batteryLowPercent, ...limits),
  }
}
