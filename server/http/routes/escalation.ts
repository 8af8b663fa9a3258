import Type from 'typebox'
import { Page } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import {
  CheckView,
  EscalationOptions,
  HistoryQuery,
  PolicyBody,
  PolicyList,
  PolicyView,
  RunningEscalation,
  RunningQuery,
  SimulateBody,
  Simulation,
  WithdrawBody,
} from '../../contract/escalation.ts'
import { AddressBody, Addresses, GroupBody } from '../../contract/notify.ts'
import { lastCheck } from '../../escalation/check.ts'
import { atWork } from '../../escalation/duty.ts'
import { listPolicies, policyHistory, publishPolicy, withdrawPolicy } from '../../escalation/policies.ts'
import { escalationOptions, listRunning } from '../../escalation/queries.ts'
import { simulate } from '../../escalation/simulate.ts'
import { readWorld } from '../../escalation/world.ts'
import { listAddresses, writeGroup, writeUserAddress } from '../../notify/addresses.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const UserParams = Type.Object({ userId: Type.String({ format: 'uuid' }) })
const GroupParams = Type.Object({ groupId: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) })
const supervisor = { allow: 'supervisor' } as const

/** Who is told of a case that nobody takes: the rules, what they would do, and what they are doing now. */
export async function escalationRoutes(api: Api, { db, clock, channelsSet }: HttpDeps): Promise<void> {
  const world = () => readWorld(db, channelsSet, clock.now())

  api.get(
    '/escalation/policies',
    {
      config: supervisor,
      schema: { tags: ['escalation'], summary: 'Policies in force', response: { 200: PolicyList, 403: Problem } },
    },
    async () => ({ items: await listPolicies(db, await world()) }),
  )

  api.get(
    '/escalation/policies/history',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'All that was published for one category, kind and area, newest first',
        querystring: HistoryQuery,
        response: { 200: PolicyList, 400: Problem, 403: Problem },
      },
    },
    async ({ query: { category, kind = null, divisionCode = null } }) => ({
      items: await policyHistory(db, { category, kind, divisionCode }),
    }),
  )

  api.put(
    '/escalation/policies',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'Publish a policy; answers with what would reach nobody now',
        body: PolicyBody,
        response: { 200: PolicyView, 400: Problem, 403: Problem, 409: Problem },
      },
    },
    async (request) => {
      const by = { userId: currentUser(request).userId, world: await world() }
      return audited(
        db,
        { userId: by.userId, action: 'escalation.publish' },
        clock.now(),
        (tx) => publishPolicy(tx, request.body, by, clock.now()),
        ({ version }) => String(version),
      )
    },
  )

  api.post(
    '/escalation/policies/withdraw',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'Take a narrower policy out of force; the next wider one holds again',
        body: WithdrawBody,
        response: { 200: PolicyView, 400: Problem, 403: Problem, 409: Problem },
      },
    },
    async (request) => {
      const by = { userId: currentUser(request).userId, world: await world() }
      return audited(
        db,
        { userId: by.userId, action: 'escalation.withdraw' },
        clock.now(),
        (tx) => withdrawPolicy(tx, request.body, by, clock.now()),
        ({ version }) => String(version),
      )
    },
  )

  api.post(
    '/escalation/simulate',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'What would happen now if nobody answered',
        body: SimulateBody,
        response: { 200: Simulation, 400: Problem, 403: Problem },
      },
    },
    async ({ body }) => simulate(body.policy, await world()),
  )

  api.get(
    '/escalation/running',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'Escalations that have not ended',
        querystring: RunningQuery,
        response: { 200: Page(RunningEscalation), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listRunning(db, { limit, ...rest }),
  )

  api.get(
    '/escalation/check',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'The last look at who can be reached',
        response: { 200: CheckView, 403: Problem },
      },
    },
    async () => lastCheck(db),
  )

  api.get(
    '/escalation/options',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'What policies are made of',
        response: { 200: EscalationOptions, 403: Problem },
      },
    },
    async () => escalationOptions(db, channelsSet),
  )

  api.get(
    '/escalation/addresses',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'Where people and groups can be reached; audited',
        response: { 200: Addresses, 403: Problem },
      },
    },
    async (request) => {
      const by = { userId: currentUser(request).userId, action: 'addresses.read' }
      const now = clock.now()
      return audited(
        db,
        by,
        now,
        async (tx) => listAddresses(tx, await atWork(tx, now)),
        () => 'all',
      )
    },
  )

  api.put(
    '/escalation/addresses/users/:userId',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'Where a user can be reached away from the desk',
        params: UserParams,
        body: AddressBody,
        response: { 204: Type.Null(), 400: Problem, 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      const { userId: of } = request.params
      const write = { userId, action: 'addresses.write' }
      await audited(
        db,
        write,
        now,
        (tx) => writeUserAddress(tx, of, request.body, { userId, now }),
        () => of,
      )
      return reply.code(204).send(null)
    },
  )

  api.put(
    '/escalation/addresses/groups/:groupId',
    {
      config: supervisor,
      schema: {
        tags: ['escalation'],
        summary: 'Make or change a group of responders',
        params: GroupParams,
        body: GroupBody,
        response: { 204: Type.Null(), 400: Problem, 403: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      const { groupId } = request.params
      const write = { userId, action: 'addresses.write' }
      await audited(
        db,
        write,
        now,
        (tx) => writeGroup(tx, groupId, request.body, { userId, now }),
        () => groupId,
      )
      return reply.code(204).send(null)
    },
  )
}
