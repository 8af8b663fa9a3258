import type { Logger } from 'pino'
import { createSimulator } from '../../simulator/simulator.ts'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../contract/clock.ts'
import { createSealer, loadSealKey } from '../store/sealed.ts'
import { hashDeviceSecret } from '../store/secrets.ts'
import { demoHomes } from './credentials.ts'
import { seedFiles } from './files.ts'
import { hasDemo } from './seed.ts'

export interface DemoOptions {
  app: App
  config: Pick<Config, 'dataDir' | 'host' | 'sealKey'>
  clock: Clock
  log: Logger
}

const HOMES = 30
const SEED = 1
const DAY_MS = 86_400_000
const TELEMETRY_EVERY_MS = 15_000
/** One happening every four minutes: the console is alive, but calm. */
const PRESSES_PER_HOUR = 15

/**
 * The demonstration city: thirty invented homes and their devices on real MQTT connections.
 * @returns ends the devices
 */
export async function startDemo({ app, config, clock, log }: DemoOptions): Promise<() => Promise<void>> {
  const { store } = app
  const { db } = store
  const { dataDir } = config
  const hashSecret = hashDeviceSecret
  // A city that is new has charts all the same: its devices bring a day of measurements with them.
  const isNew = !(await hasDemo(db))
  const homes = await demoHomes(db, { homes: HOMES, seed: SEED, now: clock.now(), hashSecret, dataDir }, log)
  if (isNew) {
    const sealer = createSealer(await loadSealKey(dataDir, config.sealKey))
    await seedFiles(db, { homes: HOMES, seed: SEED, now: clock.now(), sealer })
  }
  const simulator = createSimulator({
    homes,
    mqttUrl: `mqtt://${reachable(config.host)}:${app.mqttPort}`,
    seed: SEED,
    clock,
    log,
    telemetryEveryMs: TELEMETRY_EVERY_MS,
    pressesPerHour: PRESSES_PER_HOUR,
    historyMs: isNew ? DAY_MS : 0,
    outages: true,
  })
  app.attachSimulator(simulator)
  simulator.start()
  log.info({ homes: homes.length, devices: simulator.devices().length }, 'demonstration city started')
  return () => simulator.stop()
}

/** An address to connect to, for one that is listened on. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
