import { type Kysely, sql, type Transaction } from 'kysely'
import { subjectLocks } from '../../cases/record.ts'
import { type DetectSettings, layered, type SettingScope, type SettingsLayer } from '../../contract/detect-settings.ts'
import type { DetectContext, DeviceTraits } from '../../contract/observation.ts'
import type { Database } from '../../store/schema.ts'

/**
 * How long what is known of a subject's home and devices is believed without looking. Settings are always current, and what
 * is changed on this node is forgotten at once. Up to a fifth longer, so that not all are read again at once.
 */
const BELIEVED_MS = 5 * 60_000
/** Subjects remembered at most, about 1 KB each. */
const MOST = 200_000

/** Whom a detector's state is about. */
export interface Subject {
  /** As `subjectOf` in server/cases. */
  subject: string
  residentId: string | null
  deviceId: string
}

/** Loads what detectors need to know of subjects, and remembers it for a while. */
export interface Contexts {
  /**
   * Locks the subjects until the end of the transaction, so that nobody else judges them or opens cases of theirs.
   * @returns by subject, all of them
   */
  lockAndLoad(tx: Transaction<Database>, subjects: readonly Subject[], now: number): Promise<Map<string, DetectContext>>
  /** Homes, residents or devices have changed. */
  forget(): void
}

export function createContexts(): Contexts {
  let known = new Map<string, { context: DetectContext; until: number }>()
  let shared: Shared = new Map()
  let settingsVersion = -1
  let outages: Outages = []

  return {
    forget: () => {
      known = new Map()
    },
    lockAndLoad: async (tx, subjects, now) => {
      const newest = await inForce(
        tx,
        subjects.map(({ subject }) => subject),
        now,
      )
      const isNews = newest.version !== settingsVersion || JSON.stringify(newest.outages) !== JSON.stringify(outages)
      if (isNews || known.size > MOST) {
        known = new Map()
        shared = new Map()
        settingsVersion = newest.version
        outages = newest.outages
      }
      // What is found now holds for this call, whatever is forgotten meanwhile.
      const found = new Map<string, DetectContext>()
      for (const { subject } of subjects) {
        const one = known.get(subject)
        if (one && now < one.until) found.set(subject, one.context)
      }
      const missing = subjects.filter(({ subject }) => !found.has(subject))
      for (const row of await read(tx, missing)) {
        const { subject } = row
        const context = contextOf(row, newest.outages, shared)
        known.set(subject, { context, until: now + BELIEVED_MS * (1 + Math.random() / 5) })
        found.set(subject, context)
      }
      return found
    },
  }
}

/**
 * The context of one resident as it would be if the resident's own settings were others.
 * @returns undefined: there is no such resident
 */
export async function contextWith(
  db: Kysely<Database>,
  residentId: string,
  settings: SettingsLayer | 'as they are',
  now: number,
): Promise<DetectContext | undefined> {
  const { outages } = await inForce(db, [], now)
  const [row] = await read(db, [{ subject: `resident:${residentId}`, residentId, deviceId: '' }])
  return row && contextOf(row, outages, new Map(), settings === 'as they are' ? undefined : settings)
}

type Outages = NonNullable<DetectContext['outages']>

/** Outages of the platform that are older say nothing about who is silent now. */
const OUTAGES_MS = 3 * 86_400_000

/**
 * What holds for everybody: the newest version of the settings, and when the platform itself could hear nobody.
 * @param locked subjects to lock in the same statement
 */
async function inForce(
  db: Kysely<Database>,
  locked: readonly string[],
  now: number,
): Promise<{ version: number; outages: Outages }> {
  const { rows } = await sql<{ version: number; outages: Outages }>`
    select ${subjectLocks(locked)} as locked, coalesce((select max(version) from detect_setting), 0) as version,
      coalesce((select jsonb_agg(jsonb_build_object('from', round(extract(epoch from from_at) * 1000),
        'to', round(extract(epoch from to_at) * 1000)) order by from_at)
        from outage where to_at > ${new Date(now - OUTAGES_MS)}), '[]') as outages`.execute(db)
  return rows[0] ?? { version: 0, outages: [] }
}

interface ContextRow {
  subject: string
  resident_id: string | null
  lat: number | null
  lon: number | null
  lives_alone: boolean | null
  devices: DeviceTraits[] | null
  layers: { scope: SettingScope; scopeId: string; version: number; settings: SettingsLayer }[] | null
}

async function read(db: Kysely<Database>, subjects: readonly Subject[]): Promise<ContextRow[]> {
  if (subjects.length === 0) return []
  const { rows } = await sql<ContextRow>`
    select s.subject, resident.resident_id, home.lat, home.lon, resident.lives_alone, d.devices, l.layers
    from jsonb_to_recordset(${JSON.stringify(subjects)}::jsonb) as s(subject text, "residentId" text, "deviceId" text)
    left join resident on resident.resident_id = s."residentId"
    left join home on home.home_id = resident.home_id
    cross join lateral (
      select jsonb_agg(jsonb_build_object('deviceId', device_id, 'kind', kind, 'model', model, 'role', role,
        'room', room) order by device_id) as devices
      from device
      where lifecycle <> 'retired' and (device.resident_id = s."residentId"
        or (s."residentId" is null and device_id = s."deviceId"))
    ) d
    cross join lateral (
      select jsonb_agg(jsonb_build_object('scope', scope, 'scopeId', scope_id, 'version', version,
        'settings', settings)) as layers
      from (
        select distinct on (scope, scope_id) * from detect_setting
        where (scope = 'city' and scope_id = '') or (scope = 'home' and scope_id = resident.home_id)
          or (scope = 'resident' and scope_id = s."residentId")
          or (scope = 'device' and scope_id in (select x->>'deviceId' from jsonb_array_elements(d.devices) x))
        order by scope, scope_id, version desc
      ) newest
    ) l`.execute(db)
  return rows
}

/** Settings by the versions of the layers that they are made of: nearly everybody has the city's, and one object serves all. */
type Shared = Map<string, DetectSettings>

/** @param own instead of what is set for the resident */
function contextOf(row: ContextRow, outages: Outages, shared: Shared, own?: SettingsLayer): DetectContext {
  const layers = row.layers ?? []
  const of = (scope: SettingScope) => layers.find((one) => one.scope === scope)
  const inherited: OneLayer[] = [of('city'), of('home'), own ? { version: 'own', settings: own } : of('resident')]
  const settings = settingsOf(inherited, shared)
  const ofDevice = layers
    .filter(({ scope }) => scope === 'device')
    .map((one) => [one.scopeId, settingsOf([...inherited, one], shared)] as const)
  return {
    residentId: row.resident_id,
    home: row.lat === null || row.lon === null ? null : { lat: row.lat, lon: row.lon },
    livesAlone: row.lives_alone ?? false,
    devices: row.devices ?? [],
    settings,
    settingsOf: ofDevice.length === 0 ? () => settings : byDevice(new Map(ofDevice), settings),
    outages,
    settingsVersion: Math.max(0, ...layers.map(({ version }) => version)),
  }
}

const byDevice = (ofDevice: ReadonlyMap<string, DetectSettings>, others: DetectSettings) => (deviceId: string) =>
  ofDevice.get(deviceId) ?? others

type OneLayer = { version: number | 'own'; settings: SettingsLayer } | undefined

function settingsOf(layers: readonly OneLayer[], shared: Shared): DetectSettings {
  const key = layers.map((layer) => layer?.version ?? '').join('/')
  const made = shared.get(key) ?? layered(...layers.map((layer) => layer?.settings ?? {}))
  shared.set(key, made)
  return made
}
