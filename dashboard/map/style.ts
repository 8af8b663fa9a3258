import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Fence, LonLat } from '../../server/contract/fence.ts'
import type { MapView } from '../../server/contract/map.ts'
import { toMap } from './datum.ts'
import { outlineOf, widthAtZoomZero } from './geometry.ts'

/** Borders of the city's counties. */
export type Counties = Collection<Area, { name: string; center: [number, number] }>

/** What is used of GeoJSON (RFC 7946). */
interface Collection<Geometry, Properties> {
  type: 'FeatureCollection'
  features: { type: 'Feature'; properties: Properties; geometry: Geometry }[]
}
interface Area {
  type: 'Polygon'
  coordinates: [number, number][][]
}
interface Line {
  type: 'LineString'
  coordinates: [number, number][]
}
type FenceFeatures = Collection<Area | Line, { chosen: boolean; width: number }>

/** Colours of the page's theme, so that the map is not a foreign body in it. */
export interface MapColours {
  ground: string
  land: string
  line: string
  fence: string
  chosen: string
}

/** Counties, pictures of the map service if there is one, and fences over them. Nothing else is fetched: no glyphs, no sprites. */
export function mapStyle(counties: Counties, service: MapView, colours: MapColours): StyleSpecification {
  const pictures: StyleSpecification['sources'] = service.tiles
    ? { tiles: { type: 'raster', tiles: [service.tiles], tileSize: 256, maxzoom: 18 } }
    : {}
  const tileLayer: LayerSpecification[] = service.tiles ? [{ id: 'tiles', type: 'raster', source: 'tiles' }] : []
  const land: LayerSpecification[] = service.tiles
    ? []
    : [{ id: 'land', type: 'fill', source: 'counties', paint: { 'fill-color': colours.land } }]
  return {
    version: 8,
    sources: {
      counties: { type: 'geojson', data: counties },
      fences: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
      ...pictures,
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
      ...tileLayer,
      ...land,
      { id: 'borders', type: 'line', source: 'counties', paint: { 'line-color': colours.line, 'line-width': 1.2 } },
      ...fenceLayers(colours),
    ],
  }
}

function fenceLayers({ fence, chosen }: MapColours): LayerSpecification[] {
  const colour: ['case', ['get', string], string, string] = ['case', ['get', 'chosen'], chosen, fence]
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const
  return [
    {
      id: 'fence-areas',
      type: 'fill',
      source: 'fences',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': colour, 'fill-opacity': 0.16 },
    },
    {
      id: 'fence-corridors',
      type: 'line',
      source: 'fences',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout,
      paint: {
        'line-color': colour,
        'line-opacity': 0.22,
        // Metres, not pixels: twice as many of these with each zoom.
        'line-width': [
          'interpolate',
          ['exponential', 2],
          ['zoom'],
          0,
          ['get', 'width'],
          24,
          ['*', ['get', 'width'], 2 ** 24],
        ],
      },
    },
    {
      id: 'fence-lines',
      type: 'line',
      source: 'fences',
      layout,
      paint: { 'line-color': colour, 'line-width': ['case', ['get', 'chosen'], 2.5, 1.5] },
    },
  ]
}

/** Fences as the map draws them. @param home WGS-84, for circles around it */
export function fenceFeatures(
  fences: readonly Fence[],
  home: LonLat | null,
  chosenId: string | null,
  datum: MapView['datum'],
): FenceFeatures {
  return {
    type: 'FeatureCollection',
    features: fences.flatMap((fence): FenceFeatures['features'] => {
      const outline = outlineOf(fence, home)?.map((at) => toMap(at, datum))
      const first = outline?.[0]
      if (!outline || !first || outline.length < 2) return []
      const width = fence.shape === 'corridor' ? widthAtZoomZero(2 * fence.widthM, first[1]) : 0
      const properties = { chosen: fence.fenceId === chosenId, width }
      const ring = fence.shape === 'polygon' ? [...outline, first] : outline
      return fence.shape === 'corridor' || outline.length < 3
        ? [{ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: outline } }]
        : [{ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } }]
    }),
  }
}
