import { type Metres, planeAround } from '../geo.ts'
import { about, evidenceOf, raise } from './findings.ts'
import { placeOf, type Track, type Turn, type WanderSettings, type Ways } from './state.ts'

/**
 * The ways a resident usually takes, as squares of 150 m around the home, with a weight each:
 *
 * - a walk begins when a tracker is surely farther from home than 150 m, and ends when that one is at home again;
 * - then its squares gain 9 (35 at most), and with every fourth walk the others lose 1: a square that two walks of the
 *   last weeks went through is usual, one that was seen once fades after some 36 walks;
 * - on a walk, positions in a row surely farther than `awayM` from every usual square and from home raise
 *   `route_deviation`, once; the end of the walk takes it back.
 *
 * A walk with a wandering alarm, or one whose tracker was lost on the way, teaches nothing.
 */
const CELL_M = 150
/** Squares each way from home: 48 of 150 m are 7 km. */
const REACH = 48
const SPAN = 2 * REACH
const BASE = 36
/** A square in `c` is three letters of place and one of weight; in `w` place alone. */
const PLACE = 3
const KNOWN = 4

const MOST_KNOWN = 56
const MOST_ON_WALK = 30
const GAIN = 9
const HEAVIEST = BASE - 1
const USUAL = GAIN + 1
const FADES_EVERY = 4
const OUT_M = 150
const HOME_M = 100
/** A walk whose tracker was silent for so long is over, ms. */
const LOST_MS = 4 * 3_600_000

const NO_WAYS: Ways = { n: 0, c: '' }

/** Goes on with a walk at a tracker's newest believed position. */
export function followWalk(turn: Turn, index: number): void {
  const { state, context } = turn
  const { home } = context
  const track = state.t[index]
  if (track === undefined || home === null) return
  const settings = context.settingsOf(track.d).wandering
  if (!settings.enabled || !settings.route.enabled) return
  const at = planeAround(home)(placeOf(track))
  const away = Math.hypot(at.east, at.north)
  const ways = state.p ?? NO_WAYS
  if (away <= HOME_M) {
    if (ways.i === index) endWalk(turn, ways, track)
    return
  }
  if (away - track.r <= OUT_M) return
  const walk = walkWith(turn, ways, index, track)
  if (walk !== null) judgeWalk(turn, goThrough(walk, at), track, at, settings)
}

/** The walk that the tracker is on; null: she walks with another one. */
function walkWith({ state }: Turn, ways: Ways, index: number, track: Track): Ways | null {
  const isOut = state.w !== undefined
  const other = ways.i === undefined || ways.i === index ? undefined : state.t[ways.i]
  if (ways.i === index) return isOut && ways.z === undefined ? { ...ways, z: 1 } : ways
  if (other !== undefined && track.a - other.a < LOST_MS) return null
  const { n, c } = ways
  return isOut ? { n, c, i: index, w: '', z: 1 } : { n, c, i: index, w: '' }
}

function goThrough(walk: Ways, at: Metres): Ways {
  const cell = cellAt(at)
  const { w = '' } = walk
  if (cell === null || w.length >= MOST_ON_WALK * PLACE || has(w, cell, PLACE)) return walk
  return { ...walk, w: w + cell }
}

function judgeWalk(turn: Turn, walk: Ways, track: Track, at: Metres, settings: WanderSettings): void {
  const { route, confirmFixes } = settings
  const off = walk.q === undefined && walk.n >= route.minWalks ? offAllWays(walk.c, at) - track.r : 0
  const { o = 0, ...onWay } = walk
  if (off <= route.awayM) {
    save(turn, o === 0 ? walk : onWay)
    return
  }
  if (o + 1 < confirmFixes) {
    save(turn, { ...onWay, o: o + 1 })
    return
  }
  const why = about(turn, track.d, track.a, 'wandering.route', { off: Math.floor(off), walks: walk.n })
  raise(turn, { ...why, kind: 'route_deviation', certainty: 'likely', evidence: evidenceOf(track) })
  save(turn, { ...onWay, q: 1 })
}

function endWalk(turn: Turn, walk: Ways, track: Track): void {
  const { n, c, w = '', z, q } = walk
  if (q === 1) {
    const why = about(turn, track.d, track.a, 'wandering.route_end', { at: track.a })
    turn.findings.push({ effect: 'restore', kinds: ['route_deviation'], byResident: false, ...why })
  }
  const teaches = z === undefined && turn.state.w === undefined && w.length > 0
  save(turn, teaches ? learn(n, c, w) : { n, c })
}

function save(turn: Turn, ways: Ways): void {
  if (ways !== turn.state.p) turn.state = { ...turn.state, p: ways }
}

function learn(n: number, c: string, walked: string): Ways {
  const fades = (n + 1) % FADES_EVERY === 0 ? 1 : 0
  const weights = new Map<string, number>()
  for (let at = 0; at < c.length; at += KNOWN) {
    weights.set(c.slice(at, at + PLACE), Number.parseInt(c.charAt(at + PLACE), BASE) - fades)
  }
  for (let at = 0; at < walked.length; at += PLACE) {
    const cell = walked.slice(at, at + PLACE)
    weights.set(cell, Math.min(HEAVIEST, (weights.get(cell) ?? 0) + GAIN))
  }
  const kept = [...weights]
    .filter(([, weight]) => weight > 0)
    .sort(([a, wa], [b, wb]) => wb - wa || (a < b ? -1 : 1))
    .slice(0, MOST_KNOWN)
  return { n: Math.min(n + 1, 999), c: kept.map(([cell, weight]) => cell + weight.toString(BASE)).join('') }
}

/** Metres to the nearest usual square, or to the home. */
function offAllWays(c: string, { east, north }: Metres): number {
  let nearest = Math.hypot(east, north) - OUT_M
  for (let at = 0; at < c.length; at += KNOWN) {
    if (Number.parseInt(c.charAt(at + PLACE), BASE) < USUAL) continue
    const code = Number.parseInt(c.slice(at, at + PLACE), BASE)
    const west = (Math.floor(code / SPAN) - REACH) * CELL_M
    const south = ((code % SPAN) - REACH) * CELL_M
    const byEast = Math.max(west - east, 0, east - west - CELL_M)
    const byNorth = Math.max(south - north, 0, north - south - CELL_M)
    nearest = Math.min(nearest, Math.hypot(byEast, byNorth))
  }
  return nearest
}

function cellAt({ east, north }: Metres): string | null {
  const x = Math.floor(east / CELL_M) + REACH
  const y = Math.floor(north / CELL_M) + REACH
  if (x < 0 || y < 0 || x >= SPAN || y >= SPAN) return null
  return (x * SPAN + y).toString(BASE).padStart(PLACE, '0')
}

function has(cells: string, cell: string, width: number): boolean {
  for (let at = 0; at < cells.length; at += width) if (cells.startsWith(cell, at)) return true
  return false
}
