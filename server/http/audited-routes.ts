import type { FastifyRequest } from 'fastify'

/**
 * What is noted of each route of the API. `test/http/audited-routes.test.ts` walks over all routes and fails for one that
 * is not in this table: whoever adds a route decides here whether it touches somebody's data.
 */

/** What a rule may look at. */
export interface Answered {
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, unknown>>
  body: unknown
  /** The answer before it became text; null when it was none. */
  answer: unknown
}

export interface Noted {
  action: string
  /** Id of a case, resident, device …; never a name. */
  subject?: (about: Answered) => string | null
  /** What else is kept: ids and numbers, never what somebody typed. */
  detail?: (about: Answered) => Record<string, unknown>
}

export type RouteAudit =
  /** The hook notes it, once within `onceMs` for the same person, subject and detail. */
  | { kind: 'noted'; notes: readonly Noted[]; onceMs: number | null }
  /** The handler notes it in the transaction of what it does, or a case's log or its own append-only history does. */
  | { kind: 'own'; where: 'audit' | 'case_log' | 'history' }
  /** It touches nobody's data. */
  | { kind: 'none'; why: string }

const TEN_MINUTES = 600_000

const param = (name: string) => (about: Answered) => about.params[name] ?? null
const countOf = ({ answer }: Answered) => ({ results: itemsOf(answer)?.length ?? 0 })
const itemsOf = (answer: unknown): unknown[] | null =>
  typeof answer === 'object' && answer !== null && 'items' in answer && Array.isArray(answer.items)
    ? answer.items
    : null

/** Looked at again and again by the same person: one entry in ten minutes. */
const looked = (...notes: Noted[]): RouteAudit => ({ kind: 'noted', notes, onceMs: TEN_MINUTES })
/** Noted each time. */
const each = (...notes: Noted[]): RouteAudit => ({ kind: 'noted', notes, onceMs: null })
const own: RouteAudit = { kind: 'own', where: 'audit' }
const caseLog: RouteAudit = { kind: 'own', where: 'case_log' }
const history: RouteAudit = { kind: 'own', where: 'history' }
const none = (why: string): RouteAudit => ({ kind: 'none', why })

const figures = none('figures, no persons')
const settings = none('settings, no persons')
const colleagues = none('colleagues, no residents')

/** The resident whose file an answer holds, as an entry of its own: who has seen this person's file? */
const fileWithin = (key: string): Noted => ({
  action: 'resident.read',
  subject: ({ answer }) => textIn(answer, 'resident', 'residentId'),
  detail: ({ params }) => ({ [key]: params[key] }),
})

function textIn(answer: unknown, ...path: string[]): string | null {
  let at = answer
  for (const key of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined
  return typeof at === 'string' ? at : null
}

export const AUDITED_ROUTES: Readonly<Record<string, RouteAudit>> = {
  'POST /session': own,
  'GET /session': none('the own session'),
  'DELETE /session': own,
  'POST /session/password': own,
  'GET /users': looked({ action: 'users.list' }),
  'POST /users': own,
  'POST /users/:userId/password': own,
  'POST /users/:userId/disable': own,
  'POST /users/:userId/enable': own,

  'GET /cases': looked({ action: 'cases.list' }),
  'GET /cases/:caseId': looked({ action: 'case.read', subject: param('caseId') }, fileWithin('caseId')),
  'GET /cases/search/options': colleagues,
  'POST /cases/search': each({ action: 'cases.search', detail: countOf }),
  'POST /cases/export': own,
  'POST /cases/:caseId/claim': caseLog,
  'POST /cases/:caseId/hold': caseLog,
  'POST /cases/:caseId/note': caseLog,
  'POST /cases/:caseId/dispatch': caseLog,
  'POST /cases/:caseId/arrive': caseLog,
  'POST /cases/:caseId/resolve': caseLog,
  'POST /cases/:caseId/close': caseLog,
  'POST /cases/:caseId/reopen': caseLog,
  'POST /cases/:caseId/steps': caseLog,
  'POST /cases/:caseId/second': caseLog,
  'POST /cases/:caseId/second/ask': caseLog,
  'POST /cases/:caseId/notices/:noticeId/read': caseLog,
  'POST /cases/:caseId/contact-calls': caseLog,
  'POST /cases/:caseId/calls': caseLog,
  'POST /cases/:caseId/dial': own,
  'POST /cases/:caseId/reassign': caseLog,
  'POST /cases/:caseId/assist': caseLog,
  'POST /cases/:caseId/assist/end': caseLog,
  'POST /cases/:caseId/whisper': caseLog,
  'GET /cases/:caseId/vitals': looked({ action: 'vitals.read', subject: param('caseId') }),
  'GET /cases/:caseId/voice': looked({ action: 'case.read', subject: param('caseId') }),
  'GET /stats': figures,
  'GET /statistics/alarms': figures,

  'GET /residents': looked({ action: 'residents.list' }),
  'POST /residents/search': each({ action: 'residents.search', detail: countOf }),
  'POST /residents': own,
  'POST /residents/:residentId/what-if': own,
  'GET /residents/:residentId/position': own,
  'GET /residents/:residentId/file': own,
  'PATCH /residents/:residentId/file': own,
  'GET /residents/:residentId/file/history': looked({ action: 'resident.read', subject: param('residentId') }),
  'PUT /residents/:residentId/contacts/:position/availability': own,
  'PUT /residents/:residentId/access-code': own,
  'POST /residents/:residentId/contacts/:position/reveal': own,
  'POST /residents/:residentId/access-code/reveal': own,
  'POST /residents/:residentId/notices': own,
  'POST /residents/:residentId/notices/:noticeId/end': own,
  'POST /residents/:residentId/notes': own,
  'POST /residents/:residentId/notes/:noteId/until': own,
  'POST /residents/:residentId/notes/:noteId/end': own,
  'GET /residents/:residentId/photo': own,
  'DELETE /residents/:residentId/photo': own,
  'POST /residents/:residentId/photo': own,
  'GET /alerts/:alertId/signals': looked({ action: 'alert.read', subject: param('alertId') }),

  'GET /devices': looked({ action: 'devices.list' }),
  'POST /devices/search': each({ action: 'devices.search', detail: countOf }),
  'POST /devices': own,
  'GET /devices/:deviceId': looked({ action: 'device.read', subject: param('deviceId') }),
  'PATCH /devices/:deviceId': own,
  'POST /devices/:deviceId/secret': own,
  'GET /devices/:deviceId/lifecycle': looked({ action: 'device.read', subject: param('deviceId') }),
  'POST /devices/:deviceId/lifecycle': own,
  'GET /devices/:deviceId/telemetry': looked({
    action: 'telemetry.read',
    subject: param('deviceId'),
    detail: ({ query }) => ({ field: query.field }),
  }),
  'GET /devices/:deviceId/commands': looked({ action: 'device.read', subject: param('deviceId') }),
  'POST /devices/:deviceId/commands': own,
  'GET /devices/:deviceId/settings': each({ action: 'device.read_settings', subject: param('deviceId') }),
  'PUT /devices/:deviceId/settings': own,
  'GET /devices/import-template': none('an empty sheet'),
  'POST /devices/import': own,
  'GET /device-models': none('a catalogue'),
  'GET /bridges': settings,
  'GET /unknown-devices': looked({ action: 'unknown_devices.list' }),
  'POST /unknown-devices/:knockId/adopt': own,
  'POST /unknown-devices/:knockId/dismiss': own,
  'POST /unknown-devices/:knockId/restore': own,
  'GET /dead-letters': own,
  'GET /signals': own,
  'GET /connection': settings,
  'GET /map': settings,
  'GET /detect-settings': looked({
    action: 'detect_settings.read',
    subject: ({ query }) => (typeof query.scopeId === 'string' ? query.scopeId : null),
  }),
  'GET /detect-settings/history': looked({
    action: 'detect_settings.read',
    subject: ({ query }) => (typeof query.scopeId === 'string' ? query.scopeId : null),
  }),
  'GET /detect-settings/versions/:version': settings,
  'PUT /detect-settings': own,

  'GET /unprotected': looked({ action: 'unprotected.list' }),
  'GET /incidents': none('areas, no persons'),
  'GET /incidents/:incidentId': looked({ action: 'incident.read', subject: param('incidentId') }),
  'GET /suppressions': looked({ action: 'suppressions.list' }),
  'POST /suppressions': own,
  'POST /suppressions/:suppressionId/end': own,
  'GET /outages': figures,
  'GET /outages/:outageId': figures,
  'POST /outages/:outageId/residents/:residentId/phones': own,
  'GET /outages/:outageId/residents': looked({ action: 'outage.read', subject: param('outageId') }),
  'POST /outages/:outageId/residents/:residentId': own,
  'GET /simulator/devices': none('invented persons of the demonstration city'),
  'POST /simulator/devices/:deviceId/press': none('invented persons of the demonstration city'),

  'GET /audit': looked({ action: 'audit.read' }),
  'GET /audit/filters': none('names of colleagues and of actions'),
  'POST /audit/export': own,
  'GET /audit/seal': none('the state of the chain'),
  'POST /audit/verify': own,

  'GET /protocols': settings,
  'POST /protocols': own,
  'GET /protocols/:protocolId': settings,
  'GET /protocols/:protocolId/versions': settings,
  'GET /protocol-versions/:version': settings,
  'POST /protocols/:protocolId/draft': own,
  'POST /protocols/:protocolId/publish': own,

  'GET /escalation/policies': settings,
  'PUT /escalation/policies': own,
  'GET /escalation/policies/history': settings,
  'POST /escalation/policies/withdraw': own,
  'POST /escalation/simulate': settings,
  'GET /escalation/running': looked({ action: 'cases.list' }),
  'GET /escalation/check': settings,
  'GET /escalation/options': colleagues,
  'GET /escalation/addresses': own,
  'PUT /escalation/addresses/users/:userId': own,
  'PUT /escalation/addresses/groups/:groupId': own,
  'GET /notifications': looked({ action: 'notifications.list' }),
  'POST /notifications/:notificationId/answer': caseLog,

  'GET /levels': figures,
  'GET /reports/monthly': figures,
  'GET /reviews': none('cases by their ids, no persons but colleagues'),
  'GET /reviews/:reviewId/history': colleagues,
  'POST /reviews/:reviewId': own,
  'GET /quality/months/:month': none('cases by their ids, no persons but colleagues'),
  'GET /quality/months/:month/cases': none('cases by their ids, no persons but colleagues'),
  'GET /quality/mine': none('the own audits'),
  'POST /quality/audits': own,
  'GET /quality/audits/:auditId': looked({ action: 'quality.read', subject: param('auditId') }),
  'POST /quality/audits/:auditId': own,
  'POST /quality/audits/:auditId/comments': own,
  'GET /quality/sheets': settings,
  'POST /quality/sheets': own,
  'GET /quality/statistics': figures,
  'GET /quality/load': figures,

  'POST /calls/:callId/end': caseLog,
  'GET /voice/settings': settings,
  'PUT /voice/settings': own,
  'POST /calls/:callId/recording/:part': history,
  'POST /calls/:callId/recording/finish': history,
  'POST /calls/:callId/recording/listen': own,
  'POST /exchange/calls': history,
  'GET /exchange/calls': looked({ action: 'exchange_calls.list' }),

  'GET /roster/patterns': settings,
  'POST /roster/patterns': own,
  'PUT /roster/patterns/:patternId': own,
  'GET /roster/weeks/:monday': colleagues,
  'PUT /roster/weeks/:monday': own,
  'GET /roster/weeks/:monday/csv': colleagues,
  'GET /roster/weeks/:monday/history': colleagues,
  'GET /roster/mine': none('the own shifts'),
  'GET /duty-gaps': colleagues,
  'POST /duty-gaps/:gapId/seen': history,
  'POST /handovers': caseLog,
  'GET /handovers': looked({ action: 'handovers.list' }),
  'GET /handovers/inbox': looked({ action: 'handovers.list' }),
  'GET /handovers/:handoverId': looked({ action: 'handover.read', subject: param('handoverId') }),
  'POST /handovers/:handoverId/accept': caseLog,
  'POST /handovers/:handoverId/withdraw': caseLog,
  'POST /handovers/:handoverId/decline': caseLog,
  'GET /wall': none('figures and places to a hundredth of a degree, no residents'),
  'POST /desk/messages/read': history,
  'POST /desk/sign-off': own,
  'GET /desk/shift': none('the own shift'),
  'GET /desk/areas': settings,
  'GET /desk/duty': colleagues,
  'GET /desk/duty/log': colleagues,
  'GET /desk/profile': none('the own profile'),
  'GET /desk/profiles': colleagues,
  'PUT /desk/profiles/:userId': own,
  'POST /desk/status': none('the own state, kept in the log of duty'),
  'POST /desk/muted': none('the own desk'),
  'GET /desk/settings': settings,
  'GET /desk/settings/history': settings,
  'PUT /desk/settings': own,

  'GET /selftest': figures,
  'GET /selftest/hours': figures,
  'GET /drills': none('drills, no persons but colleagues'),
  'POST /drills': own,
  'GET /drills/:drillId': looked({ action: 'drill.read', subject: param('drillId') }),
  'POST /drills/:drillId/alarms': own,
  'POST /drills/:drillId/end': own,
}

/** The rule of a route. @param url as registered, under the API's prefix or without it */
export function auditOf(method: string, url: string): RouteAudit | undefined {
  return AUDITED_ROUTES[`${method === 'HEAD' ? 'GET' : method} ${url.replace(/^\/api\/v1/, '')}`]
}

export function answered(request: FastifyRequest, answer: unknown): Answered {
  return {
    params: (request.params ?? {}) as Record<string, string>,
    query: (request.query ?? {}) as Record<string, unknown>,
    body: request.body,
    answer,
  }
}
