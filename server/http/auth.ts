import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ROLES, type Role } from '../contract/api.ts'
import { DomainError } from '../contract/errors.ts'
import type { LiveSession, Sessions } from '../org/sessions.ts'

export const SESSION_COOKIE = 'anhu_session'

declare module 'fastify' {
  interface FastifyRequest {
    session: LiveSession | null
  }
  interface FastifyContextConfig {
    /** Who may call: a role and those above it, or anyone. Without it: any operator. */
    allow?: Role | 'anyone'
  }
}

/**
 * Session and role for every route under the API, decided by the route's own `config.allow`; and the guard against
 * cross-site requests: a browser says where a request comes from (Origin, Sec-Fetch-Site), and other sites' requests
 * are refused. Programs that send neither carry no cookie of a browser and pass.
 */
export function registerAuth(app: FastifyInstance, sessions: Sessions): void {
  app.decorateRequest('session', null)
  app.addHook('onRequest', async (request) => {
    refuseCrossSite(request)
    const allow = request.routeOptions.config.allow ?? 'operator'
    if (allow === 'anyone') return
    const token = request.cookies[SESSION_COOKIE]
    request.session = token ? await sessions.find(token) : null
    if (!request.session) throw new DomainError('not_signed_in', 'Sign in first: POST /api/v1/session.')
    if (!mayAct(request.session.user.role, allow)) {
      throw new DomainError('forbidden', `Only ${allow === 'admin' ? 'administrators' : 'supervisors'} may do this.`)
    }
  })
}

const mayAct = (role: Role, needed: Role) => ROLES.indexOf(role) >= ROLES.indexOf(needed)

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

function refuseCrossSite(request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method)) return
  if (isSameSite(request.headers)) return
  throw new DomainError('cross_site_request', 'This request came from another site and was refused.')
}

/** Whether a browser's request comes from our own pages (or not from a browser at all). */
export function isSameSite(headers: {
  origin?: string | undefined
  host?: string | undefined
  'sec-fetch-site'?: unknown
}): boolean {
  const site = headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return true
  const { origin, host } = headers
  if (origin === undefined) return site === undefined
  return URL.canParse(origin) && new URL(origin).host === host
}

/** The user of a request that has passed `registerAuth`. */
export function currentUser(request: FastifyRequest): LiveSession['user'] {
  if (!request.session) throw new DomainError('not_signed_in', 'Sign in first: POST /api/v1/session.')
  return request.session.user
}
