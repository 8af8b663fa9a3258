import Type, { type Static } from 'typebox'

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** `GET /residents/{residentId}/position` and part of a case: the last one that is known. */
export const PositionView = Type.Object({
  lat: Type.Number({ description: 'WGS-84 degrees' }),
  lon: Type.Number({ description: 'WGS-84 degrees' }),
  at: Type.String({ format: 'date-time' }),
  accuracyM: Type.Number(),
  source: Type.Enum(['satellite', 'network'], { description: 'network: by mobile cells or wireless networks' }),
  deviceId: Type.String(),
  batteryPercent: Nullable(Type.Number()),
})
export type PositionView = Static<typeof PositionView>
