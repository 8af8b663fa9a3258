import Type from 'typebox'
import { deviceHealth } from '../../care/devices/views.ts'
import { caseVitals } from '../../care/file/vitals.ts'
import { caseRecord } from '../../cases/case-record.ts'
import { logContactCall } from '../../cases/contact-calls.ts'
import { confirmNotice } from '../../cases/notices.ts'
import { caseSummary } from '../../cases/summaries.ts'
import { CaseSummary } from '../../contract/case.ts'
import { ContactCall } from '../../contract/case-file.ts'
import { CaseVitals, VITAL_FIELDS } from '../../contract/case-vitals.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { settingsOf } from '../../intake/detection/settings.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const CaseId = Type.Object({ caseId: Type.String({ format: 'uuid' }) })

/** What an operator does in a case with the resident's file: reads notices, calls contacts, looks at values. */
export async function caseFileRoutes(api: Api, { db, clock, committed, telemetry }: HttpDeps): Promise<void> {
  api.post(
    '/cases/:caseId/notices/:noticeId/read',
    {
      schema: {
        tags: ['cases'],
        summary: 'Its owner has read a must-see notice; logged',
        params: Type.Object({ ...CaseId.properties, noticeId: Type.String({ format: 'uuid' }) }),
        response: { 200: CaseSummary, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const of = { ...request.params, actorId: currentUser(request).userId }
      const now = clock.now()
      committed(await db.transaction().execute((tx) => confirmNotice(tx, of, now)))
      return caseSummary(db, of.caseId, now)
    },
  )

  api.post(
    '/cases/:caseId/contact-calls',
    {
      schema: {
        tags: ['cases'],
        summary: 'How a call to a contact went; logged',
        params: CaseId,
        body: ContactCall,
        response: { 200: CaseSummary, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { caseId } = request.params
      const of = { caseId, actorId: currentUser(request).userId, call: request.body }
      const now = clock.now()
      committed(await db.transaction().execute((tx) => logContactCall(tx, of, now)))
      return caseSummary(db, caseId, now)
    },
  )

  api.get(
    '/cases/:caseId/vitals',
    {
      schema: {
        tags: ['cases'],
        summary: "The value that matters for the case's kind, or the one asked for: last 24 hours and its limits",
        params: CaseId,
        querystring: Type.Object({ field: Type.Optional(Type.Enum([...VITAL_FIELDS])) }),
        response: { 200: CaseVitals, 404: Problem },
      },
    },
    async ({ params: { caseId }, query: { field } }) => {
      const now = clock.now()
      const { case: item, alerts } = await caseRecord(db, caseId, now)
      const lead = alerts.find(({ kind, deviceId }) => kind === item.kind && deviceId === item.deviceId)
      const [devices, settings] = await Promise.all([deviceHealth(db, item, now), limitsOf(item)])
      const rule = lead?.reason?.rule ?? null
      return caseVitals(telemetry, { kind: item.kind, rule, deviceId: item.deviceId, devices, ...settings }, field, now)
    },
  )

  async function limitsOf({ residentId, deviceId }: { residentId: string | null; deviceId: string }) {
    const at =
      residentId === null
        ? ({ scope: 'device', scopeId: deviceId } as const)
        : ({ scope: 'resident', scopeId: residentId } as const)
    const view = await settingsOf(db, at).catch((error: unknown) => {
      // A device or resident that is gone leaves the city's limits.
      if (error instanceof DomainError && error.code === 'not_found')
        return settingsOf(db, { scope: 'city', scopeId: '' })
      throw error
    })
    const { vitals, dangers, supervision } = view.effective
    return { limits: vitals, dangers, batteryLowPercent: supervision.batteryLowPercent }
  }
}
