import { type GeoJSONSource, Map as LibreMap, Marker } from 'maplibre-gl'
import { useEffect, useRef, useState } from 'react'
import type { CaseCategory } from '../../server/contract/case.ts'
import type { LonLat } from '../../server/contract/fence.ts'
import type { MapView } from '../../server/contract/map.ts'
import countiesUrl from './data/shangrao-counties.geojson?url'
import { toMap } from './datum.ts'
import { boundsOf } from './geometry.ts'
import { placeLabels } from './labels.ts'
import { coloursOf } from './map.tsx'
import { type Counties, mapStyle } from './style.ts'

export interface WallDot {
  at: LonLat
  category: CaseCategory
  waiting: boolean
}

interface Props {
  service: MapView
  label: string
  dots: readonly WallDot[]
  /** Open cases by the county's name; only those that have any are named, or the names would lie on one another. */
  counties: ReadonlyMap<string, number>
  /** The map can't be drawn here. */
  onFailed(): void
}

const MANY = 60
/** From a county's middle to the middle of its label, pixels. */
const LABEL_ABOVE = 22

/** The city with its open cases: drawn by the graphics card, so that hundreds of dots cost nothing. Nobody drags it. */
export default function WallMap({ service, label, dots, counties, onFailed }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const failed = useRef(onFailed)
  const places = useRef<Counties>(null)
  const [map, setMap] = useState<LibreMap | null>(null)
  useEffect(() => {
    const box = element.current
    if (!box) return
    let made: LibreMap | null = null
    let gone = false
    const start = async () => {
      const borders = (await (await fetch(countiesUrl)).json()) as Counties
      if (gone) return
      const style = getComputedStyle(box)
      const colour = (name: string) => style.getPropertyValue(name).trim()
      const bounds = boundsOf(borders.features.flatMap(({ geometry }) => geometry.coordinates.flat()))
      made = new LibreMap({
        container: box,
        style: mapStyle(borders, service, coloursOf(box)),
        ...(bounds === null ? {} : { bounds, fitBoundsOptions: { padding: 16 } }),
        interactive: false,
        attributionControl: false,
        fadeDuration: 0,
      })
      const drawn = made
      made.once('load', () => {
        if (gone) return
        drawn.addSource('cases', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
        drawn.addLayer({
          id: 'cases',
          type: 'circle',
          source: 'cases',
          paint: {
            'circle-color': [
              'match',
              ['get', 'tone'],
              'emergency',
              colour('--red'),
              'taken',
              colour('--violet'),
              colour('--amber'),
            ],
            'circle-opacity': 0.85,
            'circle-stroke-color': colour('--text'),
          },
        })
        places.current = borders
        setMap(drawn)
      })
    }
    start().catch(() => failed.current())
    return () => {
      gone = true
      setMap(null)
      made?.remove()
    }
  }, [service])
  useEffect(() => {
    // Many small ones rather than one blot.
    const [large, small] = dots.length > MANY ? [6, 4] : [11, 8]
    map?.setPaintProperty('cases', 'circle-radius', ['case', ['get', 'waiting'], large, small])
    map?.setPaintProperty('cases', 'circle-stroke-width', ['case', ['get', 'waiting'], dots.length > MANY ? 1 : 3, 1])
    void map?.getSource<GeoJSONSource>('cases')?.setData({
      type: 'FeatureCollection',
      features: dots.map(({ at, category, waiting }) => ({
        type: 'Feature',
        properties: { waiting, tone: waiting ? category : 'taken' },
        geometry: { type: 'Point', coordinates: [...toMap(at, service.datum)] },
      })),
    })
  }, [map, dots, service.datum])
  useEffect(() => {
    if (!map) return
    const named = (places.current?.features ?? []).flatMap(({ properties: { name, center } }) => {
      const open = counties.get(name)
      return open === undefined ? [] : [{ name, open, center }]
    })
    const shown = named
      .sort((a, b) => b.open - a.open)
      .map(({ name, open, center }) => {
        const element = document.createElement('span')
        element.className = 'map-county map-county-open'
        element.textContent = `${name} ${open}`
        return { center, element, mark: new Marker({ element }).setLngLat(center).addTo(map) }
      })
    const place = () => {
      const points = shown.map(({ center, element }) => {
        const { offsetWidth: width, offsetHeight: height } = element
        return { ...map.project(center), width, height }
      })
      for (const [n, { x, y }] of placeLabels(points, LABEL_ABOVE).entries()) {
        const point = points[n]
        if (point) shown[n]?.mark.setOffset([x - point.x, y - point.y])
      }
    }
    place()
    map.on('resize', place)
    return () => {
      map.off('resize', place)
      for (const { mark } of shown) mark.remove()
    }
  }, [map, counties])
  return <div ref={element} className="city-map" role="img" aria-label={label} data-ready={map !== null} />
}
