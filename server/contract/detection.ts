import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CERTAINTIES } from './case.ts'
import { DetectSettings, SETTING_SCOPES, type SettingsLayer } from './detect-settings.ts'
import { partial } from './partial.ts'
import { ReasonView } from './reason.ts'
import { SIGNAL_TYPES } from './signal.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** `GET /alerts/{alertId}/signals`, oldest first: what raised it, and what speaks for or against it. */
export const AlertSignalView = Type.Object({
  signalId: Type.String(),
  part: Type.Enum(['raised', 'evidence']),
  deviceId: Type.String(),
  deviceKind: Type.String(),
  room: Nullable(Type.String()),
  type: Type.Enum([...SIGNAL_TYPES]),
  occurredAt: Timestamp,
  receivedAt: Timestamp,
})
export type AlertSignalView = Static<typeof AlertSignalView>

const scope = Type.Enum([...SETTING_SCOPES])
const scopeId = Type.String({ maxLength: 64, description: 'Id of the home, resident or device; empty for the city' })

/** Some of the settings, for one scope; what is left out is inherited. */
export const SettingsLayerSchema = partial(DetectSettings)

/** One change of the settings. */
export const SettingsChangeView = Type.Object({
  version: Type.Integer(),
  scope,
  scopeId: Type.String(),
  settings: Type.Unsafe<SettingsLayer>(Type.Record(Type.String(), Type.Unknown())),
  at: Timestamp,
  by: Nullable(Type.String({ description: 'Display name' })),
  note: Nullable(Type.String()),
})
export type SettingsChangeView = Static<typeof SettingsChangeView>

/** A wider scope that settings are inherited from. */
export const SettingsAbove = Type.Object({
  scope,
  scopeId: Type.String(),
  version: Type.Integer({ description: 'Its newest change; 0: it has never said anything' }),
  settings: Type.Unsafe<SettingsLayer>(Type.Record(Type.String(), Type.Unknown())),
})
export type SettingsAbove = Static<typeof SettingsAbove>

/** Whom settings are for. */
export const SettingsSubject = Type.Object({
  name: Nullable(Type.String({ description: "The resident's, or of a device the resident's whose it is" })),
  place: Nullable(Type.String({ description: 'County and town' })),
  residentId: Nullable(Type.String()),
  home: Nullable(
    Type.Object({
      homeId: Type.String(),
      lat: Nullable(Type.Number({ description: 'WGS-84 degrees' })),
      lon: Nullable(Type.Number({ description: 'WGS-84 degrees' })),
    }),
  ),
})
export type SettingsSubject = Static<typeof SettingsSubject>

/** `GET /detect-settings?scope&scopeId` */
export const SettingsQuery = Type.Object({ scope, scopeId: Type.Optional(scopeId) })
export type SettingsQuery = Static<typeof SettingsQuery>
export const SettingsView = Type.Object({
  scope,
  scopeId: Type.String(),
  own: Type.Unsafe<SettingsLayer>(
    Type.Record(Type.String(), Type.Unknown(), { description: 'What this scope says itself' }),
  ),
  inherited: Type.Unsafe<DetectSettings>(
    Type.Record(Type.String(), Type.Unknown(), { description: 'What holds where it says nothing' }),
  ),
  effective: Type.Unsafe<DetectSettings>(Type.Record(Type.String(), Type.Unknown())),
  above: Type.Array(SettingsAbove, { description: 'Where the inherited come from, the farthest first' }),
  subject: SettingsSubject,
  version: Type.Integer({ description: "This scope's newest change; 0: none yet" }),
})
export type SettingsView = Static<typeof SettingsView>

/** `PUT /detect-settings`: replaces what the scope says itself; `{}` inherits all. */
export const SettingsChange = Type.Object({
  scope,
  scopeId: Type.Optional(scopeId),
  version: Type.Integer({ minimum: 0, description: 'The version that was looked at; a stale one is refused' }),
  settings: SettingsLayerSchema,
  note: Type.Optional(Type.String({ maxLength: 500, description: 'Why' })),
})
export type SettingsChange = Omit<Static<typeof SettingsChange>, 'settings'> & { settings: SettingsLayer }

/** `POST /residents/{residentId}/what-if`: what would have been found with other settings of the resident. */
export const WhatIf = Type.Object({
  settings: SettingsLayerSchema,
  from: Timestamp,
  to: Timestamp,
})
export type WhatIf = Omit<Static<typeof WhatIf>, 'settings'> & { settings: SettingsLayer }

export const ReplayedFinding = Type.Object({
  at: Timestamp,
  effect: Type.Enum(['raise', 'restore', 'assess']),
  kinds: Type.Array(Type.Enum([...ALERT_KINDS])),
  certainty: Nullable(Type.Enum([...CERTAINTIES])),
  severe: Nullable(Type.Boolean()),
  deviceId: Type.String(),
  reason: ReasonView,
})
export type ReplayedFinding = Static<typeof ReplayedFinding>
export const WhatIfAnswer = Type.Object({
  from: Timestamp,
  to: Timestamp,
  signals: Type.Integer({ description: 'Signals that were replayed' }),
  samples: Type.Integer({ description: 'Readings that were replayed' }),
  current: Type.Array(ReplayedFinding, { description: 'With the settings in force, oldest first, at most 500' }),
  changed: Type.Array(ReplayedFinding, { description: 'With the settings of the request' }),
})
export type WhatIfAnswer = Static<typeof WhatIfAnswer>
