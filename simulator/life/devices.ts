import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Random } from '../random.ts'
import { WORN } from '../sensors.ts'
import type { Place } from './day.ts'
import type { Body, Happening } from './resident.ts'

/** What devices make of a happening: which ones, where, what they tell, and how long after. */
export interface Telling {
  kinds: readonly string[]
  /** Devices in the room of this place; null: wherever they are. */
  place: Place | null
  /** The first that the device can tell of. */
  types: readonly EventType[]
  /** Routine time. */
  afterMs: number
}

/** Room names, as homes are planned with them, and the places they stand for. */
const PLACES: ReadonlyMap<string, Place> = new Map([
  ['卫生间', 'bathroom'],
  ['厨房', 'kitchen'],
  ['卧室', 'bedroom'],
  ['床头', 'bedroom'],
  ['客厅', 'living'],
])
const SEEING = ['motion_sensor', 'fall_sensor']
const FALL_TELLERS = ['watch', 'pendant']

/** What is to be told of a happening. @param place where the resident is now */
export function tellingsOf(happening: Happening, place: Place, random: Random): Telling[] {
  switch (happening.kind) {
    case 'moved':
      return movement(happening.from, happening.to, random)
    case 'fell': {
      const afterMs = random.between(1_000, 8_000)
      const types: readonly EventType[] = ['fall']
      return [
        { kinds: ['fall_sensor'], place, types, afterMs },
        { kinds: FALL_TELLERS, place: null, types, afterMs },
      ]
    }
    case 'got_up': {
      const types: readonly EventType[] = ['fall_clear', 'fall_cancel']
      return [
        { kinds: ['fall_sensor'], place, types, afterMs: 5_000 },
        { kinds: FALL_TELLERS, place: null, types, afterMs: 5_000 },
      ]
    }
  }
}

function movement(from: Place, to: Place, random: Random): Telling[] {
  const tellings: Telling[] = [
    { kinds: SEEING, place: seenFrom(to), types: ['motion'], afterMs: 0 },
    // A sensor waits before it takes a room for empty.
    { kinds: SEEING, place: seenFrom(from), types: ['vacant'], afterMs: random.between(20_000, 60_000) },
  ]
  if (seenFrom(from) === seenFrom(to)) tellings.length = 0
  if (from === 'bed') tellings.push({ kinds: ['bed_sensor'], place: null, types: ['leave_bed'], afterMs: 0 })
  if (to === 'bed') tellings.push({ kinds: ['bed_sensor'], place: null, types: ['bed_enter'], afterMs: 15_000 })
  if (from === 'out' || to === 'out') {
    tellings.push({ kinds: ['door_sensor'], place: null, types: ['door_open'], afterMs: 0 })
    const afterMs = random.between(4_000, 15_000)
    tellings.push({ kinds: ['door_sensor'], place: null, types: ['door_close'], afterMs })
  }
  return tellings
}

/** The bed stands in the bedroom. */
const seenFrom = (place: Place): Place => (place === 'bed' ? 'bedroom' : place)

/** The devices that a telling is for. */
export function devicesAt<D extends { identity: Identity }>(devices: readonly D[], { kinds, place }: Telling): D[] {
  return devices.filter(({ identity: { kind, room } }) => {
    if (!kinds.includes(kind)) return false
    return place === null || PLACES.get(room ?? '') === place
  })
}

/** What a device of this kind measures on or of the body, beside its own battery and signal. */
export function worn(kind: string, fields: Readonly<Record<string, number>>, body: Body): Record<string, number> {
  const { hr, spo2, sys, dia, resp, steps, fix, speed, course } = body
  if (kind === 'bed_sensor') return { ...fields, hr, resp }
  if (!WORN.has(kind)) return { ...fields }
  const { lat: _lat, lon: _lon, acc: _acc, ...rest } = fields
  const place = fix === null ? {} : { ...fix, speed, course }
  const vitals = kind === 'watch' ? { hr, spo2, sys, dia } : {}
  return { ...rest, ...vitals, steps, ...place }
}
