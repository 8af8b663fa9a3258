import { join } from 'node:path'
import type { Logger } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createGateway, type Gateway, type GatewayOptions, WEBSOCKET_PATH } from '../gateway/gateway.ts'
import { authorizeDesk, intakeReadiness, openDeskSession, portOf, telemetrySettings } from './app-edges.ts'
import { createCommandService } from './care/commands.ts'
import { checkSealKey, createDeviceDirectory } from './care/devices/directory.ts'
import { caseRules } from './case-rules.ts'
import { createCaseService } from './cases/service.ts'
import { queueRows } from './cases/summaries.ts'
import type { Config } from './config.ts'
import type { Clock } from './contract/clock.ts'
import type { DeviceLinkPort, SimulatorPort } from './contract/ports.ts'
import type { CaseEvent } from './contract/push.ts'
import { createDesk } from './desk/desk.ts'
import { gapJobs } from './desk/roster/watch-gaps.ts'
import { endDueDrills } from './drills/drills.ts'
import { createEscalation } from './escalation/escalation.ts'
import { isSameSite } from './http/auth.ts'
import { buildHttp } from './http/server.ts'
import { createAlarmLane } from './intake/alarm-lane.ts'
import { createContexts } from './intake/detection/contexts.ts'
import { meetDeadlines } from './intake/detection/deadlines.ts'
import { reportDetectors } from './intake/detection/failures.ts'
import { createOwners } from './intake/detection/owners.ts'
import { createSampleLanes } from './intake/detection/sample-lanes.ts'
import { createIntake } from './intake/intake.ts'
import { createPresence } from './intake/presence.ts'
import { keepRefused } from './intake/refused-telemetry.ts'
import { checkSchema } from './intake/schema-check.ts'
import { createChannels, whichAreSet } from './notify/channels.ts'
import { createNotifier } from './notify/worker.ts'
import { noteFollowing } from './org/audit.ts'
import { createSealer } from './org/seal/sealer.ts'
import { createVerifications } from './org/seal/verifications.ts'
import { createSessions } from './org/sessions.ts'
import { tellPlatformFault } from './platform-fault.ts'
import { createProtocols } from './protocol/protocols.ts'
import { createOutboxReader } from './push/outbox-reader.ts'
import { startPush } from './push/push.ts'
import { createQuality } from './quality/quality.ts'
import { createReports } from './reports/reports.ts'
import { createSelfTest } from './selftest/selftest.ts'
import { openStore, type Store } from './store/db.ts'
import { createSealer as createSecretSealer, loadSealKey } from './store/sealed.ts'
import { createTelemetryStore } from './store/telemetry/choose.ts'
import { TelemetryWriter } from './store/telemetry/writer.ts'
import { createTeardown, type Teardown } from './teardown.ts'
import { type Recurring, startRecurring } from './timers.ts'
import { createVoice } from './voice/voice.ts'
import { createWatch } from './watch/watch.ts'

export interface AppOptions {
  config: Config
  /** A database that is migrated already; the application's queries run under its own role. */
  databaseUrl: string
  clock: Clock
  log: Logger
  tls: GatewayOptions['tls']
  /** Folder of the built console, or null. */
  pagesDir: string | null
  /** False leaves the recurring work to `tick()`: tests set the clock and decide when. */
  timers: boolean
  /** One test alarm a minute, from outside; off unless said. */
  selfTest?: boolean | undefined
  /** For how long this node holds a bridge without renewing; 30 s unless told. */
  bridgeLeaseMs?: number | undefined
}

export interface App {
  httpPort: number
  mqttPort: number
  mqttsPort: number | null
  watchPort: number
  pendantPort: number
  store: Store
  /** The simulator lives outside; the /simulator page needs it here. */
  attachSimulator(simulator: SimulatorPort): void
  /** Does all recurring work once, now. */
  tick(): Promise<void>
  /** Stops taking messages, finishes what was taken, and closes. What was not acknowledged comes again. */
  stop(): Promise<void>
}

/** Puts the parts together and starts them. What has started is stopped again when a later part can't. */
export async function startApp(options: AppOptions): Promise<App> {
  const { onStop, stop } = createTeardown()
  try {
    return { ...(await compose(options, onStop)), stop }
  } catch (error) {
    // The reason for which the start failed must not be hidden by what follows from it.
    await stop().catch((failure: unknown) => options.log.error({ err: failure }, 'did not stop cleanly'))
    throw error
  }
}

async function compose(options: AppOptions, onStop: Teardown['onStop']): Promise<Omit<App, 'stop'>> {
  const { config, clock, log } = options
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })

  const open = (max: number) => {
    const opened = openStore({
      url: options.databaseUrl,
      as: 'app',
      max,
      onError: (error) => log.warn({ err: error }, 'database connection lost'),
    })
    onStop(() => opened.close())
    return opened
  }
  const store = open(12)
  // A connection that nobody else can take: whatever else the database is asked, an alarm doesn't queue for it.
  const alarmStore = open(1)
  const { db } = store
  await alarmStore.pool.query('select 1')
  await checkSchema(alarmStore.db, clock.now())

  const outbox = createOutboxReader(db, log, (events) => push.emit(events))
  await outbox.start()
  onStop(() => outbox.stop())

  const commands = createCommandService(db, { links: () => gateway.links, node: config.node, clock, log })
  onStop(() => commands.stop())
  const committed = (events: readonly CaseEvent[]) => {
    outbox.offer(events)
    // What was committed may hold words for the devices.
    if (events.length === 0) return
    commands.wake()
    desk.wake()
    // A case that waits is told to the desks' people at once; tests without timers decide when.
    if (options.timers && events.some(({ state }) => state === 'new')) escalation.wake()
  }

  const channels = createChannels(config.notify)
  const channelsSet = whichAreSet(channels)
  const notifier = createNotifier({ db, clock, log, registry, channels })
  const { escalationCatchUpMs: catchUpMs } = config
  const escalation = createEscalation({ db, clock, log, registry, channels: channelsSet, catchUpMs, committed })
  onStop(() => escalation.stop())
  const quality = createQuality({ db, clock, registry, node: config.node })

  const owners = createOwners()
  const detection = { contexts: createContexts(), owners, failed: reportDetectors(registry, log) }
  const alarms = createAlarmLane({ ...detection, db: alarmStore.db, clock, log }, committed)
  onStop(() => alarms.stop())
  /** The gateway's links, for whoever changes devices: the detectors have to learn of it too. */
  const links = (): DeviceLinkPort => ({
    ...gateway.links,
    changed: (deviceIds) => {
      detection.contexts.forget()
      owners.forget()
      gateway.links.changed(deviceIds)
    },
  })
  const samples = createSampleLanes({ ...detection, clock, log }, [open(1).db, open(1).db], committed)
  onStop(() => samples.stop())

  const telemetryStore = createTelemetryStore(telemetrySettings(config), store.pool, log, clock)
  await telemetryStore.start()
  onStop(() => telemetryStore.stop())
  const telemetry = new TelemetryWriter({
    store: telemetryStore,
    spool: { directory: join(config.dataDir, 'spool') },
    registry,
    log,
    onRefused: (rows, reason) => keepRefused(rows, reason, { alarms, log, clock }),
  })
  await telemetry.start()
  onStop(() => telemetry.stop())

  const presence = createPresence(db, config.node, clock, log)
  await presence.start()
  onStop(() => presence.flush())

  const sealer = createSecretSealer(await loadSealKey(config.dataDir, config.sealKey))
  await checkSealKey(db, sealer, log)
  const { node } = config
  const directory = createDeviceDirectory(db, { sealer, log, node, bridgeLeaseMs: options.bridgeLeaseMs })
  onStop(() => directory.flush())

  const voice = createVoice({
    ...{ db, clock, log, node, committed, registry, ice: config.ice },
    links: () => gateway.links,
    desks: () => push.lines,
  })
  onStop(() => voice.stop())

  const sessions = createSessions(db, clock)
  const verifications = createVerifications({ db, clock, log })
  onStop(() => verifications.stop())
  const seals = createSealer({ db, clock, log, registry, anchorFile: config.auditAnchorFile })
  const cases = createCaseService(db, clock, caseRules, committed)
  const { secondPersonMs } = config
  const protocols = createProtocols({ db, clock, log, cases, secondPersonMs })
  await protocols.start()
  const desk = createDesk({
    db,
    clock,
    log,
    registry,
    connected: () => push.users(),
    show: (board) => push.offers(board),
  })
  onStop(() => desk.stop())
  let simulator: SimulatorPort | null = null
  const http = await buildHttp({
    db,
    clock,
    log,
    registry,
    sessions,
    verifications,
    cases,
    protocols,
    committed,
    commands,
    desk,
    sealer,
    links,
    connection: () => ({
      host: config.publicHost,
      mqtt: ports.mqttPort,
      mqtts: ports.mqttsPort,
      websocketPath: WEBSOCKET_PATH,
      watch: ports.watchPort,
      pendant: ports.pendantPort,
    }),
    channelsSet,
    notifySecret: config.notify.secret,
    telemetry: telemetryStore,
    readiness: {
      database: async () => {
        await store.pool.query('select 1')
        return {}
      },
      intake: () => intakeReadiness(alarms, clock),
      telemetry: async () => ({ ...telemetry.status() }),
      gateway: async () => ({ ...gateway.connections() }),
      protocols: () => protocols.readiness(),
    },
    selfTest: options.selfTest === true,
    simulator: () => simulator,
    demo: config.demo,
    map: config.map,
    voice: { wake: voice.wake, ice: config.ice, dial: config.dial, exchangeSecret: config.exchangeSecret },
    pagesDir: options.pagesDir,
  })
  onStop(() => http.close())

  const push = startPush({
    server: http.server,
    authorize: (header) => authorizeDesk(http, sessions, header),
    allowOrigin: isSameSite,
    seq: outbox.seq,
    heard: voice.heardDesk,
    presence: desk.presence,
    offerShown: desk.shown,
    readRows: (caseIds) => queueRows(db, caseIds, clock.now()),
    noteFollowing: (userId) => noteFollowing(db, userId, clock.now()),
    clock,
    log,
    registry,
  })
  onStop(() => push.stop())

  const gateway: Gateway = createGateway({
    host: config.host,
    mqttPort: config.mqttPort,
    mqttsPort: config.mqttsPort,
    watchPort: config.watchPort,
    pendantPort: config.pendantPort,
    tls: options.tls,
    intake: createIntake({ alarms, samples, owners, telemetry, presence, registry, clock }),
    devices: directory,
    presence: {
      ...presence,
      reachable: (deviceId) => {
        commands.reachable(deviceId)
        voice.wake()
      },
    },
    voice,
    log,
    registry,
    clock,
  })
  gateway.handleWebSocket(http.server)
  onStop(() => gateway.stop())
  const ports = await gateway.start()
  await http.listen({ host: config.host, port: config.httpPort })

  const watch = createWatch({ db, clock, log, committed, node: config.node, registry })
  const selfTest = createSelfTest({
    db,
    clock,
    log,
    registry,
    node: config.node,
    ports: () => ({ mqtt: ports.mqttPort, http: portOf(http) }),
    openSession: (userId) => openDeskSession(sessions, userId),
    deviceChanged: (deviceId) => gateway.links.changed([deviceId]),
    tellFault: tellPlatformFault,
    committed,
  })
  const jobs: Recurring[] = [
    { name: 'holds', everyMs: 1_000, run: () => cases.expireHolds() },
    {
      name: 'deadlines',
      everyMs: 1_000,
      run: async () => committed(await meetDeadlines({ ...detection, db }, clock.now())),
    },
    { name: 'presence', everyMs: 1_000, run: () => presence.flush() },
    { name: 'unknown devices', everyMs: 1_000, run: () => directory.flush() },
    { name: 'commands', everyMs: 1_000, run: () => commands.deliverDue() },
    ...watch.jobs,
    { name: 'drills', everyMs: 1_000, run: async () => committed(await endDueDrills(db, clock.now())) },
    ...(options.selfTest === true ? selfTest.jobs : []),
    { name: 'seals', everyMs: 1_000, run: () => seals.run() },
    ...escalation.jobs,
    ...notifier.jobs,
    ...quality.jobs,
    ...createReports({ db, clock }).jobs,
    ...voice.jobs,
    ...desk.jobs,
    ...gapJobs({ db, clock, show: (board) => push.gaps(board) }),
    { name: 'desks', everyMs: 30_000, run: () => push.recheck() },
    { name: 'sessions', everyMs: 600_000, run: () => sessions.sweep() },
    { name: 'telemetry', everyMs: 3_600_000, run: () => telemetryStore.maintain(clock.now()) },
  ]
  if (options.timers) onStop(startRecurring(jobs, log))

  return {
    httpPort: portOf(http),
    ...ports,
    store,
    attachSimulator: (port) => {
      simulator = port
    },
    tick: async () => {
      for (const job of jobs) await job.run()
    },
  }
}
