import Type, { type Static } from 'typebox'

/** `[longitude, latitude]`, WGS-84 degrees, the order of GeoJSON (RFC 7946). */
export const LonLat = Type.Tuple([
  Type.Number({ minimum: -180, maximum: 180 }),
  Type.Number({ minimum: -90, maximum: 90 }),
])
export type LonLat = Static<typeof LonLat>

/** The area a resident stays in. Outside all fences that are in force is outside. */
const common = {
  fenceId: Type.String({ minLength: 1, maxLength: 40 }),
  name: Type.String({ minLength: 1, maxLength: 60 }),
  /** In force between these times of the city's day, over midnight when `from` is the later one; null: always. */
  schedule: Type.Union([
    Type.Object({
      from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
      to: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
      /** 1 Monday … 7 Sunday; none: every day. A time after midnight belongs to the day on which it began. */
      days: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7 })),
    }),
    Type.Null(),
  ]),
}

export const Fence = Type.Union([
  Type.Object({
    ...common,
    shape: Type.Literal('circle'),
    /** Null: the home. */
    center: Type.Union([LonLat, Type.Null()]),
    radiusM: Type.Number({ minimum: 20, maximum: 50_000 }),
  }),
  Type.Object({
    ...common,
    shape: Type.Literal('polygon'),
    /** The ring without its closing point. */
    points: Type.Array(LonLat, { minItems: 3, maxItems: 200 }),
  }),
  Type.Object({
    ...common,
    shape: Type.Literal('corridor'),
    /** The line that is walked along. */
    points: Type.Array(LonLat, { minItems: 2, maxItems: 200 }),
    widthM: Type.Number({ minimum: 20, maximum: 5_000, description: 'To each side' }),
  }),
])
export type Fence = Static<typeof Fence>
