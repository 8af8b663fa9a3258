import { createResident, listResidents } from '../../care/residents.ts'
import { NewResident, Page, PageQuery, ResidentSearch, ResidentView } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** Residents' files, as far as devices need somebody to belong to. */
export async function residentRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/residents',
    {
      schema: {
        tags: ['residents'],
        summary: 'Residents',
        querystring: PageQuery,
        response: { 200: Page(ResidentView) },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listResidents(db, { limit, ...rest }, clock.now()),
  )

  api.post(
    '/residents/search',
    {
      schema: {
        tags: ['residents'],
        summary: "Residents by name, a device's id, a contact's telephone number or their own id",
        body: ResidentSearch,
        response: { 200: Page(ResidentView), 400: Problem },
      },
    },
    async ({ body: { limit = 20, ...rest } }) => listResidents(db, { limit, ...rest }, clock.now()),
  )

  api.post(
    '/residents',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['residents'],
        summary: "Open a resident's file",
        body: NewResident,
        response: { 201: ResidentView, 400: Problem },
      },
    },
    async (request, reply) => {
      const by = { userId: currentUser(request).userId, action: 'resident.create' }
      const now = clock.now()
      const made = await audited(
        db,
        by,
        now,
        (tx) => createResident(tx, request.body, now),
        ({ residentId }) => residentId,
      )
      return reply.code(201).send(made)
    },
  )
}
