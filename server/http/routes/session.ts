import type { RateLimitOptions } from '@fastify/rate-limit'
import type { FastifyReply } from 'fastify'
import type { Static } from 'typebox'
import { Credentials, Session } from '../../contract/api.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { markSignedOut } from '../../desk/duty.ts'
import { audit } from '../../org/audit.ts'
import type { LiveSession } from '../../org/sessions.ts'
import { authenticate } from '../../org/users.ts'
import { SESSION_COOKIE } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** Guessing is slowed down per address and name, so that a shift can sign on together from one address. */
const SIGN_IN_LIMIT: RateLimitOptions = {
  max: 10,
  timeWindow: 60_000,
  hook: 'preHandler',
  keyGenerator: (request) => `${request.ip} ${(request.body as Static<typeof Credentials>).username}`,
}

/** Sign in, who am I, sign out. */
export async function sessionRoutes(api: Api, { db, clock, sessions, demo }: HttpDeps): Promise<void> {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' } as const

  const view = ({ user, expiresAt }: LiveSession): Session => ({
    ...user,
    expiresAt: new Date(expiresAt).toISOString(),
    demo,
  })

  api.post(
    '/session',
    {
      config: { allow: 'anyone', rateLimit: SIGN_IN_LIMIT },
      schema: { tags: ['session'], summary: 'Sign in', body: Credentials, response: { 200: Session, 401: Problem } },
    },
    async (request, reply) => {
      const { username, password } = request.body
      const user = await authenticate(db, username, password)
      await audit(
        db,
        { userId: user?.userId ?? null, action: user ? 'session.open' : 'session.refused', subject: null },
        clock.now(),
      )
      if (!user) throw new DomainError('wrong_credentials', 'Name or password is wrong.')
      const { token, expiresAt } = await sessions.open(user)
      setCookie(reply, token, expiresAt)
      return view({ user, expiresAt })
    },
  )

  function setCookie(reply: FastifyReply, token: string, expiresAt: number): void {
    void reply.setCookie(SESSION_COOKIE, token, { ...cookie, expires: new Date(expiresAt) })
  }

  api.get(
    '/session',
    { schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: Session, 401: Problem } } },
    async (request) => {
      if (!request.session) throw new DomainError('not_signed_in', 'Sign in first.')
      return view(request.session)
    },
  )

  api.delete(
    '/session',
    { config: { allow: 'anyone' }, schema: { tags: ['session'], summary: 'Sign out' } },
    async (request, reply) => {
      const token = request.cookies[SESSION_COOKIE]
      const session = token ? await sessions.find(token) : null
      if (token) await sessions.close(token)
      if (session) await markSignedOut(db, session.user.userId, clock.now())
      return reply.clearCookie(SESSION_COOKIE, cookie).code(204).send()
    },
  )
}
