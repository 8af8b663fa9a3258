import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { DEFAULT_SETTINGS } from '../../server/contract/detect-settings.ts'
import type { DetectContext, DeviceTraits, Observation } from '../../server/contract/observation.ts'
import { type DetectState, judge } from '../../server/detect/engine.ts'
import { createSampleLanes } from '../../server/intake/detection/sample-lanes.ts'
import type { PendingSample } from '../../server/intake/records.ts'
import { openStore } from '../../server/store/db.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import { newDetection } from '../support/records.ts'
import { query } from '../support/sql.ts'
import { round } from './figures.ts'

const RESIDENTS = 100_000
/** Rounds over all residents that are counted; one before them makes the states. */
const ROUNDS = 2
/** Messages that wait for their acknowledgement at once, as 2,000 busy trackers would have it. */
const IN_FLIGHT = 4_000
const HOME = { lat: 28.4547, lon: 117.9434 }

/**
 * Detectors of 100,000 residents on one node: readings judged a second, by the detectors alone and through the lane with
 * PostgreSQL, in which each is on disk before it is acknowledged; and how large the states are.
 */
export async function detectors(): Promise<object> {
  return { pure: pure(), ...(await stored()), residents: RESIDENTS }
}

/** One position or set of vital signs a minute for each resident, all at home and well. */
function sampleOf(resident: number, round: number, start: number): PendingSample {
  const at = start + round * 60_000 + (resident % 60_000)
  const wobble = ((resident * 7 + round * 13) % 21) / 1e5 - 1e-4
  const position = { lat: HOME.lat + wobble, lon: HOME.lon - wobble, acc: 12, battery: 80 }
  const vitals = { hr: 62 + ((resident + round) % 20), spo2: 96, steps: round * 10 }
  return {
    deviceId: `watch-${resident}`,
    occurredAt: at,
    receivedAt: at,
    fields: resident % 5 === 0 ? vitals : { ...position, ...(resident % 5 === 1 ? vitals : {}) },
  }
}

function pure() {
  const start = Date.parse('2026-03-02T02:00:00Z')
  const device: DeviceTraits = { deviceId: 'watch', kind: 'watch', model: null, role: null, room: null }
  const settings = { ...DEFAULT_SETTINGS, wandering: { ...DEFAULT_SETTINGS.wandering, enabled: true, fences: [FENCE] } }
  const context: DetectContext = {
    residentId: 'r',
    home: HOME,
    livesAlone: true,
    devices: [device],
    settings,
    settingsOf: () => settings,
    settingsVersion: 1,
  }
  const states = new Array<DetectState>(RESIDENTS).fill({})
  let judged = 0
  let begun = 0
  for (let n = 0; n <= ROUNDS; n++) {
    if (n === 1) begun = performance.now()
    for (let resident = 0; resident < RESIDENTS; resident++) {
      const { occurredAt, receivedAt, fields } = sampleOf(resident, n, start)
      const seen: Observation = { kind: 'sample', device, occurredAt, receivedAt, fields }
      states[resident] = judge(states[resident] ?? {}, [seen], context).state
      if (n > 0) judged++
    }
  }
  return { signals_per_s: Math.round((judged / (performance.now() - begun)) * 1000) }
}

const FENCE = { fenceId: 'home', name: '家', schedule: null, shape: 'circle', center: null, radiusM: 300 } as const

async function stored() {
  const dataDir = await mkdtemp(join(tmpdir(), 'anhu-bench-'))
  const log = pino({ level: 'silent' })
  const server = await startEmbeddedPostgres({ dataDir, log })
  const onError = (error: Error) => {
    throw error
  }
  try {
    await migrate(server.url, onError)
    await query(server.url, POPULATE)
    await query(server.url, 'insert into detect_setting (scope, scope_id, settings, at) values ($1, $2, $3, now())', [
      'city',
      '',
      JSON.stringify({ wandering: { enabled: true, fences: [FENCE] } }),
    ])
    const stores = [0, 1].map(() => openStore({ url: server.url, as: 'app', max: 1, onError }))
    const clock = { now: () => Date.now() }
    const deps = { ...newDetection(), clock, log }
    const lanes = createSampleLanes(
      deps,
      stores.map(({ db }) => db),
      () => undefined,
    )
    const rate = await run((sample) => lanes.judge([sample]))
    await lanes.stop()
    for (const store of stores) await store.close()
    const [size] = await query(
      server.url,
      'select count(*)::int as n, avg(octet_length(state::text))::float8 as mean, max(octet_length(state::text)) as max from detect_state',
    )
    const rss = process.memoryUsage().rss / 2 ** 20
    const state = { subjects: size?.n, mean_bytes: Math.round(Number(size?.mean)), max_bytes: size?.max }
    return { stored: { signals_per_s: rate, rss_mb: round(rss) }, state }
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const POPULATE = `
insert into home (home_id, address, lat, lon)
  select 'h' || n, '', ${HOME.lat}, ${HOME.lon} from generate_series(0, ${RESIDENTS - 1}) n;
insert into resident (resident_id, home_id, name, gender, created_at)
  select 'r' || n, 'h' || n, '居民', 'unknown', now() from generate_series(0, ${RESIDENTS - 1}) n;
insert into device (device_id, kind, protocol, resident_id, secret_hash, created_at)
  select 'watch-' || n, 'watch', 'native', 'r' || n, '-', now() from generate_series(0, ${RESIDENTS - 1}) n;
analyze;
`

async function run(judge: (sample: PendingSample) => Promise<void>): Promise<number> {
  const start = Date.now() - 3_600_000
  let begun = 0
  for (let n = 0; n <= ROUNDS; n++) {
    if (n === 1) begun = performance.now()
    let next = 0
    const work = async () => {
      while (next < RESIDENTS) await judge(sampleOf(next++, n, start))
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, work))
  }
  return Math.round(((ROUNDS * RESIDENTS) / (performance.now() - begun)) * 1000)
}
