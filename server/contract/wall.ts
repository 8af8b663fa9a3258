import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES } from './case.ts'
import { DutyView } from './desk.ts'
import { GapView } from './roster.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** An open case without anybody's data: the place is a square of about 1 km. */
export const WallCase = Type.Object({
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  state: Type.Enum([...CASE_STATES]),
  openedAt: Timestamp,
  county: Nullable(Type.String()),
  lat: Nullable(Type.Number({ description: 'WGS-84 degrees, to 0.01' })),
  lon: Nullable(Type.Number({ description: 'WGS-84 degrees, to 0.01' })),
  ownerId: Nullable(Type.String()),
  handover: Type.Boolean({ description: 'Offered for handover, not signed yet' }),
})
export type WallCase = Static<typeof WallCase>

export const WallLevel = Type.Object({
  from: Timestamp,
  calls: Type.Integer({ description: 'Answered, or waiting for longer than 60 s' }),
  within60: Nullable(Type.Number({ description: '0…1; null without calls' })),
  within180: Nullable(Type.Number({ description: '0…1; null without calls' })),
})
export type WallLevel = Static<typeof WallLevel>

/** `GET /wall` */
export const WallView = Type.Object({
  cases: Type.Array(WallCase, { description: 'Open and not kept quiet, the longest waiting first' }),
  quiet: Type.Integer({ description: 'Open and kept quiet' }),
  operators: Type.Array(
    Type.Object({
      ...DutyView.properties,
      cases: Type.Array(Type.Object({ caseId: Type.String(), kind: Type.Enum([...ALERT_KINDS]), since: Timestamp }), {
        description: 'In hand',
      }),
      until: Nullable(Type.String({ format: 'date-time', description: 'End of the shift by the roster' })),
    }),
    { description: 'On duty, on the roster now, or with a case in hand' },
  ),
  assists: Type.Array(Type.Object({ caseId: Type.String(), displayName: Type.String(), since: Timestamp })),
  gaps: Type.Array(GapView),
  shift: Nullable(WallLevel),
  today: WallLevel,
  devicesOnline: Type.Integer(),
  devicesTotal: Type.Integer(),
  incidents: Type.Integer({ description: 'Areas that are lost now' }),
})
export type WallView = Static<typeof WallView>
