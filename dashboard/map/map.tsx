import { type GeoJSONSource, Map as LibreMap, Marker, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Fence, LonLat } from '../../server/contract/fence.ts'
import type { MapView } from '../../server/contract/map.ts'
import countiesUrl from './data/shangrao-counties.geojson?url'
import { fromMap, toMap } from './datum.ts'
import { boundsOf, outlineOf } from './geometry.ts'
import { clicked, dragged, type Handle, handlesOf } from './handles.ts'
import { type Counties, fenceFeatures, type MapColours, mapStyle } from './style.ts'
import 'maplibre-gl/dist/maplibre-gl.css'
import './map.css'

// A worker of our own origin: the pages' policy allows no other.
setWorkerUrl(workerUrl)

export interface MapMarker {
  id: string
  at: LonLat
  label: string
  tone: 'home' | 'position' | 'responder'
}

interface Props {
  /** WGS-84, like all positions here. */
  center: LonLat
  service: MapView
  /** For screen readers. */
  label: string
  markers: readonly MapMarker[]
  fences: readonly Fence[]
  /** Where circles without a centre are. */
  home: LonLat | null
  /** The fence that is shown as chosen, and with `onChange` can be dragged. */
  chosenId?: string | null
  onChange?(fence: Fence): void
  /** Names of the dots for screen readers. */
  handleName?(handle: Handle): string
  /** The map can't be drawn here. */
  onFailed?(): void
  /** Another value shows everything again. */
  fitKey?: number
}

/** County borders, pictures if a service is set, fences and places; its own chunk, because MapLibre is larger than the console. */
export default function CityMap(props: Props) {
  const element = useRef<HTMLDivElement>(null)
  const newest = useRef(props)
  const [map, setMap] = useState<LibreMap | null>(null)
  const { service, fences, home, chosenId = null, markers, fitKey, center } = props
  useLayoutEffect(() => {
    newest.current = props
  })
  useEffect(() => {
    const box = element.current
    if (!box) return
    let made: LibreMap | null = null
    let gone = false
    const start = async () => {
      const counties = (await (await fetch(countiesUrl)).json()) as Counties
      if (gone) return
      const { center: at, service: given } = newest.current
      made = new LibreMap({
        container: box,
        style: mapStyle(counties, given, coloursOf(box)),
        center: toMap(at, given.datum),
        zoom: 14,
        maxZoom: 19,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        fadeDuration: 0,
      })
      made.addControl(new NavigationControl({ showCompass: false }), 'top-right')
      made.addControl(new ScaleControl({ maxWidth: 100 }), 'bottom-left')
      made.on('click', ({ lngLat }) => {
        const { fences: all, chosenId: id, onChange } = newest.current
        const fence = all.find(({ fenceId }) => fenceId === id)
        if (fence) onChange?.(clicked(fence, fromMap([lngLat.lng, lngLat.lat], given.datum)))
      })
      nameCounties(made, counties)
      made.once('load', () => {
        if (!gone) setMap(made)
      })
    }
    // Without WebGL, or without the file: whoever shows the map says so.
    start().catch(() => newest.current.onFailed?.())
    return () => {
      gone = true
      setMap(null)
      made?.remove()
    }
  }, [])
  useEffect(() => {
    const source = map?.getSource<GeoJSONSource>('fences')
    void source?.setData(fenceFeatures(fences, home, chosenId, service.datum))
  }, [map, fences, home, chosenId, service.datum])
  useMarkers(map, markers, service)
  useHandles(map, props)
  useEffect(() => {
    if (map) showAll(map, newest.current, fitKey === 0)
  }, [map, fitKey])
  return (
    <div
      ref={element}
      className="city-map"
      role="application"
      aria-label={props.label}
      data-ready={map !== null}
      data-center={center.join()}
    />
  )
}

export function coloursOf(box: HTMLElement): MapColours {
  const style = getComputedStyle(box)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  return {
    ground: colour('--water'),
    land: colour('--panel'),
    line: colour('--muted'),
    fence: colour('--violet-solid'),
    chosen: colour('--blue-line'),
  }
}

/** Names stand on the page, not in the map: no fonts are fetched. */
function nameCounties(map: LibreMap, counties: Counties): void {
  for (const { properties } of counties.features) {
    const name = document.createElement('span')
    name.className = 'map-county'
    name.textContent = properties.name
    new Marker({ element: name }).setLngLat(properties.center).addTo(map)
  }
}

function showAll(map: LibreMap, { fences, home, markers, service }: Props, atOnce: boolean): void {
  const points = [...fences.flatMap((fence) => outlineOf(fence, home) ?? []), ...markers.map(({ at }) => at)]
  const bounds = boundsOf(points.map((at) => toMap(at, service.datum)))
  if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: 16, ...(atOnce ? { duration: 0 } : { duration: 250 }) })
}

function useMarkers(map: LibreMap | null, markers: readonly MapMarker[], { datum }: MapView): void {
  useEffect(() => {
    if (!map) return
    const shown = markers.map(({ at, label, tone }) => {
      const element = document.createElement('span')
      element.className = 'map-marker'
      element.dataset.tone = tone
      element.textContent = label
      return new Marker({ element, anchor: 'bottom' }).setLngLat(toMap(at, datum)).addTo(map)
    })
    return () => {
      for (const marker of shown) marker.remove()
    }
  }, [map, markers, datum])
}

function useHandles(map: LibreMap | null, { fences, home, chosenId, onChange, service, handleName }: Props): void {
  const change = useRef(onChange)
  const name = useRef(handleName)
  useLayoutEffect(() => {
    change.current = onChange
    name.current = handleName
  })
  const fence = fences.find(({ fenceId }) => fenceId === chosenId)
  const editable = onChange !== undefined
  useEffect(() => {
    if (!map || !fence || !editable) return
    const shown = handlesOf(fence, home).map((handle) => {
      const element = document.createElement('span')
      element.className = 'map-handle'
      element.dataset.kind = handle.kind
      element.title = name.current?.(handle) ?? ''
      const marker = new Marker({ element, draggable: true }).setLngLat(toMap(handle.at, service.datum)).addTo(map)
      marker.on('dragend', () => {
        const { lng, lat } = marker.getLngLat()
        change.current?.(dragged(fence, handle, fromMap([lng, lat], service.datum), home))
      })
      // A click on a dot is no click on the map.
      element.addEventListener('click', (event) => event.stopPropagation())
      return marker
    })
    return () => {
      for (const marker of shown) marker.remove()
    }
  }, [map, fence, home, editable, service.datum])
}
