import Type, { type Static } from 'typebox'

/** What a map's pictures are drawn in: WGS-84 as satellites give it, or GCJ-02 as Chinese maps must. */
export const MAP_DATUMS = ['wgs84', 'gcj02'] as const
export type MapDatum = (typeof MAP_DATUMS)[number]

/** `GET /map`: how pages draw maps. */
export const MapView = Type.Object({
  tiles: Type.Union([Type.String({ description: 'Address of pictures with {z}, {x} and {y}' }), Type.Null()], {
    description: 'Null: county borders alone, which need no internet',
  }),
  datum: Type.Enum([...MAP_DATUMS]),
})
export type MapView = Static<typeof MapView>
