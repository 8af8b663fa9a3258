import Type from 'typebox'
import { Page } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import {
  IncidentDetail,
  IncidentMembersQuery,
  IncidentQuery,
  IncidentView,
  NewSuppression,
  OutageCheck,
  OutagePhones,
  OutagePhonesAsked,
  OutageQuery,
  OutageResident,
  OutageResidentsQuery,
  OutageView,
  SuppressionQuery,
  SuppressionView,
  UnprotectedQuery,
  UnprotectedResident,
} from '../../contract/watch.ts'
import { audit, audited } from '../../org/audit.ts'
import { getOutage, listChecks, listOutages, phonesOf, writeCheck } from '../../watch/outage-checks.ts'
import {
  getSuppression,
  incidentDetail,
  listIncidents,
  listSuppressions,
  listUnprotected,
} from '../../watch/queries.ts'
import { endSuppression, suppress, tellReleased } from '../../watch/suppressions.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const IncidentParams = Type.Object({ incidentId: Type.String({ format: 'uuid' }) })
const SuppressionParams = Type.Object({ suppressionId: Type.String({ format: 'uuid' }) })
const OutageParams = Type.Object({ outageId: Type.Integer({ minimum: 1 }) })
const CheckParams = Type.Object({
  outageId: Type.Integer({ minimum: 1 }),
  residentId: Type.String({ minLength: 1, maxLength: 64 }),
})

/** Who cannot call, what an area has lost, what is kept quiet, and whom to ask after an outage. */
export async function watchRoutes(api: Api, { db, clock, committed }: HttpDeps): Promise<void> {
  api.get(
    '/unprotected',
    {
      schema: {
        tags: ['supervision'],
        summary: 'Residents in whose homes no device that can call for help works',
        querystring: UnprotectedQuery,
        response: { 200: Page(UnprotectedResident), 400: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listUnprotected(db, { limit, ...rest }, clock.now()),
  )

  api.get(
    '/incidents',
    {
      schema: {
        tags: ['supervision'],
        summary: 'Areas that lost many devices at once',
        querystring: IncidentQuery,
        response: { 200: Page(IncidentView), 400: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listIncidents(db, { limit, ...rest }),
  )

  api.get(
    '/incidents/:incidentId',
    {
      schema: {
        tags: ['supervision'],
        summary: 'One incident with its devices and residents',
        params: IncidentParams,
        querystring: IncidentMembersQuery,
        response: { 200: IncidentDetail, 404: Problem },
      },
    },
    async ({ params: { incidentId }, query: { limit = 100, ...rest } }) =>
      incidentDetail(db, incidentId, { limit, ...rest }),
  )

  api.get(
    '/suppressions',
    {
      schema: {
        tags: ['supervision'],
        summary: 'What is on test or in maintenance, or was',
        querystring: SuppressionQuery,
        response: { 200: Page(SuppressionView), 400: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listSuppressions(db, { limit, ...rest }, clock.now()),
  )

  api.post(
    '/suppressions',
    {
      schema: {
        tags: ['supervision'],
        summary: 'Put something on test or in maintenance; a division: administrators only',
        body: NewSuppression,
        response: { 201: SuppressionView, 400: Problem, 403: Problem },
      },
    },
    async (request, reply) => {
      const by = currentUser(request)
      const now = clock.now()
      const action = { userId: by.userId, action: 'suppression.begin' }
      const id = await audited(
        db,
        action,
        now,
        (tx) => suppress(tx, request.body, by, now),
        (made) => made,
      )
      return reply.code(201).send(await getSuppression(db, id))
    },
  )

  api.post(
    '/suppressions/:suppressionId/end',
    {
      schema: {
        tags: ['supervision'],
        summary: 'End one before its time; cases that it kept quiet are told',
        params: SuppressionParams,
        response: { 200: SuppressionView, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { suppressionId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      await audited(
        db,
        { userId, action: 'suppression.end' },
        now,
        (tx) => endSuppression(tx, suppressionId, userId, now),
        () => suppressionId,
      )
      await tellReleased({ db, committed }, now)
      return getSuppression(db, suppressionId)
    },
  )

  api.get(
    '/outages',
    {
      schema: {
        tags: ['supervision'],
        summary: 'When the platform itself was away, and how far the lists of those to be asked have come',
        querystring: OutageQuery,
        response: { 200: Page(OutageView), 400: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listOutages(db, { limit, ...rest }),
  )

  api.get(
    '/outages/:outageId',
    {
      schema: {
        tags: ['supervision'],
        summary: 'One outage, and how far its list has come',
        params: OutageParams,
        response: { 200: OutageView, 404: Problem },
      },
    },
    async ({ params: { outageId } }) => getOutage(db, outageId),
  )

  api.get(
    '/outages/:outageId/residents',
    {
      schema: {
        tags: ['supervision'],
        summary: 'Residents who may have called in vain',
        params: OutageParams,
        querystring: OutageResidentsQuery,
        response: { 200: Page(OutageResident), 400: Problem, 404: Problem },
      },
    },
    async ({ params: { outageId }, query: { limit = 100, ...rest } }) =>
      listChecks(db, outageId, { limit, ...rest }, clock.now()),
  )

  api.post(
    '/outages/:outageId/residents/:residentId',
    {
      schema: {
        tags: ['supervision'],
        summary: 'Note how it stands with one of them',
        params: CheckParams,
        body: OutageCheck,
        response: { 200: OutageResident, 404: Problem },
      },
    },
    async (request) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      return audited(
        db,
        { userId, action: 'outage.check' },
        now,
        (tx) => writeCheck(tx, request.params, request.body, { userId, now }),
        ({ residentId }) => `${request.params.outageId}:${residentId}`,
      )
    },
  )

  api.post(
    '/outages/:outageId/residents/:residentId/phones',
    {
      schema: {
        tags: ['supervision'],
        summary: 'Telephone numbers of one of them in full; noted with the reason',
        params: CheckParams,
        body: OutagePhonesAsked,
        response: { 200: OutagePhones, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { params, body } = request
      const { userId } = currentUser(request)
      return db.transaction().execute(async (tx) => {
        const phones = await phonesOf(tx, params)
        const entry = { userId, action: 'outage.phones', subject: `${params.outageId}:${params.residentId}` }
        await audit(tx, { ...entry, detail: { reason: body.reason.trim() } }, clock.now())
        return phones
      })
    },
  )
}
