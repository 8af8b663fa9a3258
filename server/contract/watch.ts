import Type, { type Static } from 'typebox'

/** Supervision, incidents, suppression, and what follows an outage of the platform itself. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Cursor = Type.Optional(Type.String({ maxLength: 300 }))
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 }))
const Note = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })

/**
 * `ok`; `late`: its time is over, and it is looked at what else is late; `lost`: told, or a member of an incident;
 * `behind`: silent, as its hub or bridge is; `quiet`: nothing can be expected, it speaks only when it is used; `off`: not
 * supervised any more.
 */
export const SUPERVISION_STATES = ['ok', 'late', 'lost', 'behind', 'quiet', 'off'] as const
export type SupervisionState = (typeof SUPERVISION_STATES)[number]

/** Why no device of a resident can call for help: what is wrong with those that could. */
export const UNPROTECTED_REASONS = [
  /** She has devices, but none that can call. */
  'no_device',
  'lost',
  'hub_lost',
  /** Taken off, or taken down. */
  'removed',
  'battery_empty',
  /** Noted as broken in the registry. */
  'faulty',
] as const
export type UnprotectedReason = (typeof UNPROTECTED_REASONS)[number]

/** No device that can call for help works in the resident's home. */
export const Unprotected = Type.Object({
  since: Timestamp,
  reasons: Type.Array(Type.Enum([...UNPROTECTED_REASONS])),
})
export type Unprotected = Static<typeof Unprotected>

/** `GET /unprotected`, longest first. */
export const UnprotectedResident = Type.Object({
  residentId: Type.String(),
  name: Type.String(),
  age: Nullable(Type.Integer()),
  livesAlone: Type.Boolean(),
  place: Nullable(Type.String({ description: 'County and town' })),
  since: Timestamp,
  reasons: Type.Array(Type.Enum([...UNPROTECTED_REASONS])),
  caseId: Nullable(Type.String({ description: 'The open case, if there is one' })),
})
export type UnprotectedResident = Static<typeof UnprotectedResident>
export const UnprotectedQuery = Type.Object({ cursor: Cursor, limit: Limit })

/** `division`: a county or town; `network`: what is behind one hub or bridge. */
export const AREA_KINDS = ['division', 'network'] as const
export type AreaKind = (typeof AREA_KINDS)[number]

/** Many devices lost at once in one area. */
export const IncidentView = Type.Object({
  incidentId: Type.String(),
  area: Type.Object({
    kind: Type.Enum([...AREA_KINDS]),
    id: Type.String({ description: 'Code of the division, or id of the hub' }),
    name: Nullable(Type.String({ description: 'County and town; null for a network' })),
  }),
  openedAt: Timestamp,
  lastLossAt: Timestamp,
  closedAt: Nullable(Timestamp),
  devices: Type.Integer({ description: 'Members in all' }),
  lost: Type.Integer({ description: '… of them still lost' }),
  residents: Type.Integer({ description: 'Residents concerned' }),
  caseId: Nullable(Type.String({ description: 'The one case for all of them' })),
})
export type IncidentView = Static<typeof IncidentView>
/** `GET /incidents`, newest first. */
export const IncidentQuery = Type.Object({
  cursor: Cursor,
  limit: Limit,
  open: Type.Optional(Type.Boolean({ description: 'Only those that last (true) or are over (false)' })),
})

export const IncidentMember = Type.Object({
  deviceId: Type.String(),
  deviceKind: Type.String(),
  residentId: Nullable(Type.String()),
  residentName: Nullable(Type.String()),
  place: Nullable(Type.String()),
  lostAt: Timestamp,
  joinedAt: Timestamp,
  leftAt: Nullable(Timestamp),
  unprotected: Type.Boolean({ description: 'No device of this resident can call for help now' }),
  caseId: Nullable(Type.String({ description: "The resident's open case, if there is one" })),
})
export type IncidentMember = Static<typeof IncidentMember>
/** `GET /incidents/{incidentId}`; the members in pages, those still lost first. */
export const IncidentDetail = Type.Object({
  incident: IncidentView,
  members: Type.Array(IncidentMember),
  nextCursor: Nullable(Type.String()),
})
export type IncidentDetail = Static<typeof IncidentDetail>
export const IncidentMembersQuery = Type.Object({ cursor: Cursor, limit: Limit })

/** On a case for all devices of an area. */
export const CaseIncident = Type.Object({
  incidentId: Type.String(),
  area: IncidentView.properties.area,
  devices: Type.Integer(),
  lost: Type.Integer(),
})
export type CaseIncident = Static<typeof CaseIncident>

export const SUPPRESSION_SCOPES = ['device', 'resident', 'home', 'division'] as const
export type SuppressionScope = (typeof SUPPRESSION_SCOPES)[number]
export const SUPPRESSION_KINDS = ['on_test', 'maintenance'] as const
export type SuppressionKind = (typeof SUPPRESSION_KINDS)[number]
/** Longest time that a suppression may last, minutes. */
export const SUPPRESSION_LIMIT_MINUTES: Readonly<Record<SuppressionKind, number>> = {
  on_test: 8 * 60,
  maintenance: 72 * 60,
}

/** `POST /suppressions`. What it silences is in docs/adr/0020-suppression.md; it never keeps anything from the record. */
export const NewSuppression = Type.Object({
  scope: Type.Enum([...SUPPRESSION_SCOPES]),
  scopeId: Type.String({ minLength: 1, maxLength: 64, description: 'Id of the device, resident, home or division' }),
  kind: Type.Enum([...SUPPRESSION_KINDS]),
  reason: Note,
  minutes: Type.Integer({ minimum: 1, maximum: 72 * 60, description: 'on_test: at most 480; maintenance: 4,320' }),
})
export type NewSuppression = Static<typeof NewSuppression>

export const SuppressionView = Type.Object({
  suppressionId: Type.String(),
  scope: Type.Enum([...SUPPRESSION_SCOPES]),
  scopeId: Type.String(),
  kind: Type.Enum([...SUPPRESSION_KINDS]),
  reason: Type.String(),
  by: Type.String({ description: 'Display name' }),
  from: Timestamp,
  until: Timestamp,
  endedAt: Nullable(Timestamp),
  endedBy: Nullable(Type.String({ description: 'Display name; null: by itself' })),
  cases: Type.Integer({ description: 'Open cases that it keeps quiet now' }),
})
export type SuppressionView = Static<typeof SuppressionView>
/** `GET /suppressions`, newest first. */
export const SuppressionQuery = Type.Object({
  cursor: Cursor,
  limit: Limit,
  active: Type.Optional(Type.Boolean({ description: 'Only those in force (true) or over (false)' })),
})

/** On a case that is kept quiet: every active alert comes from what is on test or in maintenance. */
export const CaseSuppression = Type.Object({
  suppressionId: Type.String(),
  kind: Type.Enum([...SUPPRESSION_KINDS]),
  reason: Type.String(),
  until: Timestamp,
  by: Type.String({ description: 'Display name of who set it' }),
})
export type CaseSuppression = Static<typeof CaseSuppression>

/** `reached`: spoken to; `unreachable`: tried in vain, stays to be done; `not_needed`: needs no check. */
export const CHECK_STATES = ['open', 'reached', 'unreachable', 'not_needed'] as const
export type CheckState = (typeof CHECK_STATES)[number]

/** A time in which the platform took nothing in. `GET /outages`, newest first. */
export const OutageView = Type.Object({
  outageId: Type.Integer(),
  from: Timestamp,
  to: Timestamp,
  listed: Type.Boolean({ description: 'Long enough that residents may have called in vain, and the list is made' }),
  residents: Type.Integer({ description: 'On the list' }),
  open: Type.Integer(),
  reached: Type.Integer(),
  unreachable: Type.Integer(),
  notNeeded: Type.Integer(),
  completedAt: Nullable(Type.String({ format: 'date-time', description: 'Nobody is open or unreachable any more' })),
})
export type OutageView = Static<typeof OutageView>
export const OutageQuery = Type.Object({ cursor: Cursor, limit: Limit })

const OutageContact = Type.Object({ name: Type.String(), relation: Type.String(), phone: Type.String() })
/** `POST /outages/{outageId}/residents/{residentId}/phones`: the numbers in full; who asked and why is noted. */
export const OutagePhonesAsked = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
})
export const OutagePhones = Type.Object({ contacts: Type.Array(OutageContact) })
export type OutagePhones = Static<typeof OutagePhones>

/** `GET /outages/{outageId}/residents`: those who live alone or need help most come first. */
export const OutageResident = Type.Object({
  residentId: Type.String(),
  name: Type.String(),
  age: Nullable(Type.Integer()),
  livesAlone: Type.Boolean(),
  place: Nullable(Type.String()),
  state: Type.Enum([...CHECK_STATES]),
  by: Nullable(Type.String({ description: 'Display name' })),
  at: Nullable(Timestamp),
  note: Nullable(Type.String()),
  lastCallAt: Nullable(
    Type.String({
      format: 'date-time',
      description: 'Newest alarm of hers since the outage; the check stays to be made',
    }),
  ),
  caseId: Nullable(Type.String({ description: 'The open case, if there is one' })),
  contacts: Type.Array(OutageContact, { description: 'In the order in which to call; numbers masked in the middle' }),
})
export type OutageResident = Static<typeof OutageResident>
export const OutageResidentsQuery = Type.Object({
  cursor: Cursor,
  limit: Limit,
  state: Type.Optional(Type.Enum([...CHECK_STATES])),
})
/** `POST /outages/{outageId}/residents/{residentId}`; every change is kept. */
export const OutageCheck = Type.Object({
  state: Type.Enum([...CHECK_STATES]),
  note: Type.Optional(Note),
})
export type OutageCheck = Static<typeof OutageCheck>
