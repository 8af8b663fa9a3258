import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifySwagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest, LogController } from 'fastify'
import { registerAudit } from './audit-hook.ts'
import { registerAuth, SESSION_COOKIE } from './auth.ts'
import type { HttpDeps } from './deps.ts'
import { registerErrors } from './errors.ts'
import { lazySerializers } from './lazy-serializers.ts'
import { registerPages } from './pages.ts'
import { auditRoutes } from './routes/audit.ts'
import { caseFileRoutes } from './routes/case-file.ts'
import { caseSearchRoutes } from './routes/case-search.ts'
import { caseRoutes } from './routes/cases.ts'
import { commandRoutes } from './routes/commands.ts'
import { connectionRoutes } from './routes/connection.ts'
import { deskRoutes } from './routes/desk.ts'
import { detectionRoutes } from './routes/detection.ts'
import { deviceImportRoutes } from './routes/device-import.ts'
import { deviceSettingsRoutes } from './routes/device-settings.ts'
import { deviceRoutes } from './routes/devices.ts'
import { drillRoutes } from './routes/drills.ts'
import { escalationRoutes } from './routes/escalation.ts'
import { exchangeRoutes } from './routes/exchange.ts'
import { handoverRoutes } from './routes/handovers.ts'
import { healthRoutes } from './routes/health.ts'
import { levelRoutes } from './routes/levels.ts'
import { mapRoutes } from './routes/map.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { photoRoutes } from './routes/photos.ts'
import { protocolRoutes } from './routes/protocols.ts'
import { qualityRoutes } from './routes/quality.ts'
import { qualityFigureRoutes } from './routes/quality-figures.ts'
import { recordingRoutes } from './routes/recordings.ts'
import { reportRoutes } from './routes/reports.ts'
import { residentFileRoutes } from './routes/resident-file.ts'
import { residentRoutes } from './routes/residents.ts'
import { rosterRoutes } from './routes/roster.ts'
import { sessionRoutes } from './routes/session.ts'
import { signalRoutes } from './routes/signals.ts'
import { simulatorRoutes } from './routes/simulator.ts'
import { statisticsRoutes } from './routes/statistics.ts'
import { telemetryRoutes } from './routes/telemetry.ts'
import { unknownDeviceRoutes } from './routes/unknown-devices.ts'
import { userRoutes } from './routes/users.ts'
import { voiceRoutes } from './routes/voice.ts'
import { watchRoutes } from './routes/watch.ts'

/** Builds the HTTP application; it listens nowhere yet. */
export async function buildHttp(deps: HttpDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.log,
    // Addresses of requests hold ids; personal data is never in a URL. One line per request is left to a proxy.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    schemaController: { compilersFactory: { buildSerializer: lazySerializers() } },
    forceCloseConnections: true,
    // A proxy for TLS on the same machine says who the caller is, and that he came by HTTPS.
    trustProxy: 'loopback',
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  registerErrors(app)
  // The API speaks JSON; a foreign page's form can send text.
  app.removeContentTypeParser('text/plain')
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, { contentSecurityPolicy: { directives: contentSecurity(deps.map.tiles) } })
  // Pages of ours alone may listen, nobody may look.
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('permissions-policy', 'microphone=(self), camera=(), geolocation=(self)')
  })
  await app.register(fastifySwagger, { openapi: OPENAPI })
  await app.register(fastifySwaggerUi, { routePrefix: '/api/docs' })
  await healthRoutes(app, deps)
  await app.register(apiRoutes, { prefix: '/api/v1', deps })
  if (deps.pagesDir !== null) await registerPages(app, deps.pagesDir)
  return app as unknown as FastifyInstance
}

/** Everything that wants a session. Encapsulated: what is registered here holds for the API alone. */
const apiRoutes: FastifyPluginAsync<{ deps: HttpDeps }> = async (api, { deps }) => {
  await api.register(fastifyRateLimit, { max: REQUESTS_PER_MINUTE, keyGenerator: callerOf })
  registerAuth(api, deps.sessions)
  registerAudit(api, deps)
  const routes = [
    sessionRoutes,
    userRoutes,
    caseRoutes,
    caseSearchRoutes,
    reportRoutes,
    deviceRoutes,
    deviceImportRoutes,
    deviceSettingsRoutes,
    unknownDeviceRoutes,
    telemetryRoutes,
    commandRoutes,
    signalRoutes,
    residentRoutes,
    residentFileRoutes,
    photoRoutes,
    caseFileRoutes,
    connectionRoutes,
    statisticsRoutes,
    detectionRoutes,
    mapRoutes,
    watchRoutes,
    auditRoutes,
    drillRoutes,
    protocolRoutes,
    escalationRoutes,
    notificationRoutes,
    levelRoutes,
    qualityRoutes,
    qualityFigureRoutes,
    voiceRoutes,
    recordingRoutes,
    exchangeRoutes,
    deskRoutes,
    rosterRoutes,
    handoverRoutes,
  ]
  if (deps.demo) routes.push(simulatorRoutes)
  for (const register of routes) await register(api.withTypeProvider<TypeBoxTypeProvider>(), deps)
}

/** Per caller; a busy desk needs a tenth of it. */
const REQUESTS_PER_MINUTE = 12_000

/** Desks of one call centre share an address: a session is told apart by its cookie. */
const callerOf = (request: FastifyRequest): string => request.cookies[SESSION_COOKIE] ?? request.ip

/**
 * antd writes style elements at run time. The console needs nothing from elsewhere, but for the pictures of the map service
 * that was set, if any: MapLibre fetches them.
 */
function contentSecurity(tiles: string | null) {
  const service = tiles === null ? [] : [new URL(tiles).origin]
  return {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:', ...service],
    connectSrc: ["'self'", 'ws:', 'wss:', ...service],
    // Recordings that a supervisor listens to.
    mediaSrc: ["'self'", 'blob:'],
    workerSrc: ["'self'", 'blob:'],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  }
}

const OPENAPI: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Anhu 安护',
    version: '1',
    description: 'Alarms, cases, residents and devices of a city. Errors are RFC 9457 problems with a `code`.',
  },
  components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'anhu_session' } } },
  security: [{ session: [] }],
}
