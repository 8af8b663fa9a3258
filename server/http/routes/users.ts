import type { RateLimitOptions } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import Type from 'typebox'
import {
  NewPasswordAnswer,
  NewUser,
  NewUserAnswer,
  Page,
  PageQuery,
  PasswordChange,
  UserView,
} from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import { audited } from '../../org/audit.ts'
import { changePassword, createUser, disableUser, enableUser, listUsers, resetPassword } from '../../org/users.ts'
import type { Database } from '../../store/schema.ts'
import { currentUser, SESSION_COOKIE } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const UserId = Type.Object({ userId: Type.String({ format: 'uuid' }) })

/** Whoever finds a desk unlocked must not guess its owner's password there. */
const CHANGE_LIMIT: RateLimitOptions = {
  max: 10,
  timeWindow: 60_000,
  hook: 'preHandler',
  keyGenerator: (request) => currentUser(request).userId,
}

/** Accounts: made, disabled and given new passwords by administrators; the own password by everybody. */
export async function userRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  const noted = <T>(
    request: FastifyRequest,
    action: string,
    work: (tx: Transaction<Database>) => Promise<T>,
    subject: (result: T) => string,
    detail: Record<string, unknown> = {},
  ) => audited(db, { userId: currentUser(request).userId, action, detail }, clock.now(), work, subject)

  api.get(
    '/users',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Accounts by user name',
        querystring: PageQuery,
        response: { 200: Page(UserView), 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listUsers(db, { limit, ...rest }),
  )

  api.post(
    '/users',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Make an account; its password is shown this once',
        body: NewUser,
        response: { 201: NewUserAnswer, 400: Problem, 403: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const create = (tx: Transaction<Database>) => createUser(tx, request.body, clock.now())
      const { role } = request.body
      return reply.code(201).send(await noted(request, 'user.create', create, (made) => made.userId, { role }))
    },
  )

  api.post(
    '/users/:userId/password',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Give an account a new password, shown this once, and end its sessions',
        params: UserId,
        response: { 200: NewPasswordAnswer, 403: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { userId } = request.params
      const reset = (tx: Transaction<Database>) => resetPassword(tx, userId)
      return { password: await noted(request, 'user.reset_password', reset, () => userId) }
    },
  )

  api.post(
    '/users/:userId/disable',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Let an account sign in no more, and end its sessions',
        params: UserId,
        response: { 200: UserView, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { userId } = request.params
      const actorId = currentUser(request).userId
      return noted(
        request,
        'user.disable',
        (tx) => disableUser(tx, userId, actorId),
        () => userId,
      )
    },
  )

  api.post(
    '/users/:userId/enable',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Let a disabled account sign in again',
        params: UserId,
        response: { 200: UserView, 403: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { userId } = request.params
      return noted(
        request,
        'user.enable',
        (tx) => enableUser(tx, userId),
        () => userId,
      )
    },
  )

  api.post(
    '/session/password',
    {
      config: { rateLimit: CHANGE_LIMIT },
      schema: {
        tags: ['session'],
        summary: 'Change the own password; the other sessions of the account end',
        body: PasswordChange,
        response: { 204: Type.Null(), 400: Problem, 401: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const token = request.cookies[SESSION_COOKIE] ?? ''
      const change = (tx: Transaction<Database>) => changePassword(tx, userId, request.body, token)
      await noted(request, 'user.change_password', change, () => userId)
      return reply.code(204).send(null)
    },
  )
}
