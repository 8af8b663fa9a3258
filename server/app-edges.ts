import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import type { Clock } from './contract/clock.ts'
import { SESSION_COOKIE } from './http/auth.ts'
import type { AlarmLane } from './intake/alarm-lane.ts'
import type { createSessions } from './org/sessions.ts'

/** Small things that stand between the parts which `app.ts` joins. */

/** An alarm that has waited so long for its commit is no hiccup. */
const STUCK_MS = 5_000

/** Throws when an alarm is stuck. */
export async function intakeReadiness(alarms: AlarmLane, clock: Clock): Promise<Record<string, unknown>> {
  const { waiting, oldest, failure } = alarms.status()
  const age = oldest === null ? 0 : clock.now() - oldest
  if (age > STUCK_MS) {
    const code = failure === null ? '' : ` (${failure})`
    throw new Error(`${waiting} messages wait for the database${code}, the oldest for ${age} ms`)
  }
  return { waiting }
}

/** The session of a desk's handshake, or null; the same as for HTTP. */
export async function authorizeDesk(
  http: FastifyInstance,
  sessions: ReturnType<typeof createSessions>,
  header: string | undefined,
) {
  const token = header ? http.parseCookie(header)[SESSION_COOKIE] : undefined
  const session = token ? await sessions.find(token) : null
  return session && { userId: session.user.userId, expiresAt: session.expiresAt }
}

/** A session for the platform's own desk, which the self-test sits at. */
export async function openDeskSession(sessions: ReturnType<typeof createSessions>, userId: string) {
  const { token } = await sessions.open({ userId })
  return { cookie: `${SESSION_COOKIE}=${token}`, close: () => sessions.close(token) }
}

/** The port that the HTTP server listens on. */
export function portOf(http: FastifyInstance): number {
  const address = http.server.address()
  if (address === null || typeof address === 'string') throw new Error('the HTTP server listens on no port')
  return address.port
}

/** Settings of InfluxDB as the telemetry stores want them. */
export function telemetrySettings({ influx }: Config) {
  if (influx === null) return {}
  return {
    influxUrl: influx.url,
    influxToken: influx.token ?? undefined,
    influxOrg: influx.org ?? undefined,
    influxBucket: influx.bucket,
    influxDatabase: influx.database,
    influxUsername: influx.username ?? undefined,
    influxPassword: influx.password ?? undefined,
  }
}
