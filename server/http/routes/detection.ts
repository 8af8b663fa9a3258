import Type from 'typebox'
import { alertSignals } from '../../cases/alert-signals.ts'
import { Page, PageQuery } from '../../contract/api.ts'
import {
  AlertSignalView,
  SettingsChange,
  SettingsChangeView,
  SettingsQuery,
  SettingsView,
  WhatIf,
  WhatIfAnswer,
} from '../../contract/detection.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { PositionView } from '../../contract/position.ts'
import { lastPosition } from '../../intake/detection/position.ts'
import { changeSettings, settingsHistory, settingsOf, settingsVersion } from '../../intake/detection/settings.ts'
import { whatIf } from '../../intake/detection/what-if.ts'
import { audit, audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { createLooks } from '../looks.ts'

/** What the detectors go by, why they have raised an alert, and what they would have done with other settings. */
export async function detectionRoutes(api: Api, { db, clock, telemetry }: HttpDeps): Promise<void> {
  const looks = createLooks()
  api.get(
    '/detect-settings',
    {
      schema: {
        tags: ['detection'],
        summary: 'Settings of the city, a home, a resident or a device, and what they inherit',
        querystring: SettingsQuery,
        response: { 200: SettingsView, 400: Problem, 404: Problem },
      },
    },
    async ({ query: { scope, scopeId = '' } }) => settingsOf(db, { scope, scopeId }),
  )

  api.get(
    '/detect-settings/history',
    {
      schema: {
        tags: ['detection'],
        summary: 'Who has changed them when, newest first',
        querystring: Type.Object({ ...SettingsQuery.properties, ...PageQuery.properties }),
        response: { 200: Page(SettingsChangeView), 400: Problem },
      },
    },
    async ({ query: { scope, scopeId = '', limit = 50, cursor } }) =>
      settingsHistory(db, { scope, scopeId }, { limit, ...(cursor === undefined ? {} : { cursor }) }),
  )

  api.get(
    '/detect-settings/versions/:version',
    {
      schema: {
        tags: ['detection'],
        summary: 'One change, by the version that an alert names',
        params: Type.Object({ version: Type.Integer({ minimum: 1 }) }),
        response: { 200: SettingsChangeView, 404: Problem },
      },
    },
    async ({ params: { version } }) => settingsVersion(db, version),
  )

  api.put(
    '/detect-settings',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['detection'],
        summary: 'Replace what a scope says itself; what is left out is inherited',
        body: SettingsChange,
        response: { 200: SettingsView, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { userId } = currentUser(request)
      const { scope, scopeId = '', ...change } = request.body as SettingsChange
      const now = clock.now()
      const at = { scope, scopeId }
      const by = { userId, action: 'detect_settings.change' }
      const made = await audited(
        db,
        by,
        now,
        (tx) => changeSettings(tx, at, change, { userId, now }),
        (version) => String(version),
      )
      return { ...(await settingsOf(db, at)), version: made }
    },
  )

  api.post(
    '/residents/:residentId/what-if',
    {
      schema: {
        tags: ['detection'],
        summary: "Judge a resident's past anew, with other settings; nothing is stored",
        params: Type.Object({ residentId: Type.String({ maxLength: 64 }) }),
        body: WhatIf,
        response: { 200: WhatIfAnswer, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { residentId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      const answer = await whatIf({ db, telemetry }, residentId, request.body as WhatIf, now)
      await audit(db, { userId, action: 'detection.replay', subject: residentId }, now)
      return answer
    },
  )

  api.get(
    '/residents/:residentId/position',
    {
      schema: {
        tags: ['detection'],
        summary: 'The last known position, with its age, accuracy and source',
        params: Type.Object({ residentId: Type.String({ maxLength: 64 }) }),
        response: { 200: PositionView, 404: Problem },
      },
    },
    async (request) => {
      const { residentId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      const position = await lastPosition(db, residentId)
      if (position === null) throw new DomainError('not_found', 'No position of this resident is known.')
      // A map that follows somebody asks every few seconds; it is one look.
      if (looks.isNew(`${userId} ${residentId}`, now)) {
        await audit(db, { userId, action: 'position.read', subject: residentId }, now)
      }
      return position
    },
  )

  api.get(
    '/alerts/:alertId/signals',
    {
      schema: {
        tags: ['detection'],
        summary: 'What raised an alert, and what speaks for or against it; oldest first',
        params: Type.Object({ alertId: Type.String({ format: 'uuid' }) }),
        response: { 200: Type.Object({ items: Type.Array(AlertSignalView) }) },
      },
    },
    async ({ params: { alertId } }) => ({ items: await alertSignals(db, alertId) }),
  )
}
