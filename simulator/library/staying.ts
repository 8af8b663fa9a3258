import { offset } from '../geo.ts'
import type { Random } from '../random.ts'
import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { circle, fenced, RADIUS, VILLAGE_SHAPE, WAY_TO_MARKET } from './fences.ts'
import { homeWith, VILLAGE } from './home.ts'
import type { Scenario } from './scenario.ts'
import { receive, startTrack, storedUntil, type Track } from './track.ts'

const from = at('09:00')
const home = homeWith('tracker', 'hub')
const common = {
  group: 'wandering',
  home,
  settings: fenced(circle(RADIUS)),
  from,
  lasts: 3 * HOUR,
  expected: [],
} as const
const MINUTELY = { everyMs: MINUTE } as const
const away = (north: number, east: number, acc: number) => ({ ...offset(VILLAGE, north, east), acc })

/** Out and home again, well within the fence. */
const stroll = (random: Random, begin = from): Track =>
  startTrack(begin)
    .stay(15 * MINUTE)
    .go(random.between(80, 180), random.between(-150, 150), 0.8)
    .go(random.between(-150, 150), random.between(-180, -80), 0.7)
    .go(0, 0, 0.9)
    .stay(40 * MINUTE)

/** Nobody has left the area. */
export const STAYING_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'stay-drift',
    title: 'A day at home: indoors the positions drift by tens of metres, and the fence is narrow',
    settings: fenced(circle(120)),
    lasts: DAY,
    play: (tape, _from, random) => receive(tape, 'tracker', startTrack(from).stay(DAY), random, MINUTELY),
  },
  {
    ...common,
    name: 'stay-along-border',
    title: 'An hour along the border, 25 m within it, with the errors of a street',
    play: (tape, _from, random) => {
      let track = startTrack(from).go(RADIUS - 25, 0, 1, 'street')
      // A polygon inside the circle; chords are nearer to home than their ends.
      for (let angle = 0; angle < 2 * Math.PI; angle += 0.2) {
        track = track.go(Math.cos(angle) * (RADIUS - 25), Math.sin(angle) * (RADIUS - 25), 0.6, 'street')
      }
      receive(tape, 'tracker', track.go(0, 0, 1), random, { everyMs: 30 * SECOND })
    },
  },
  {
    ...common,
    name: 'stay-stroll',
    title: 'A stroll within the fence',
    play: (tape, _from, random) => receive(tape, 'tracker', stroll(random), random, MINUTELY),
  },
  {
    ...common,
    name: 'stay-cell-jumps',
    title: 'Now and then the tracker gives the position of a mobile cell, up to 1.5 km off, and says so',
    play: (tape, _from, random) => {
      const fields = (fix: Record<string, number>) =>
        random.chance(0.15)
          ? away(random.between(-1_500, 1_500), random.between(-1_500, 1_500), random.integer(400, 1_800))
          : fix
      receive(tape, 'tracker', stroll(random), random, { ...MINUTELY, fields })
    },
  },
  {
    ...common,
    name: 'stay-cell-jump-unsaid',
    title: 'Three times a position 1.5 km off that claims to be good to 30 m, and the next one is home again',
    play: (tape, _from, random) => {
      let n = 0
      const fields = (fix: Record<string, number>, now: number) =>
        ++n % 20 === 0 && now < from + HOUR ? away(1_100, 1_000, 30) : fix
      receive(tape, 'tracker', startTrack(from).stay(70 * MINUTE, 'street'), random, { everyMs: 50 * SECOND, fields })
    },
  },
  {
    ...common,
    name: 'stay-null-island',
    title: 'Without a fix the tracker says 0, 0, several times in a row',
    play: (tape, _from, random) => {
      let n = 0
      const fields = (fix: Record<string, number>) => (++n % 12 >= 9 ? { lat: 0, lon: 0, acc: 0 } : fix)
      receive(tape, 'tracker', stroll(random), random, { ...MINUTELY, fields })
    },
  },
  {
    ...common,
    name: 'stay-impossible-speed',
    title: 'Two good-looking fixes in the next county, 30 km from the one before',
    play: (tape, _from, random) => {
      const fields = (fix: Record<string, number>, now: number) =>
        now > from + HOUR && now < from + HOUR + 115 * SECOND ? away(25_000, 17_000, 12) : fix
      receive(tape, 'tracker', startTrack(from).stay(2 * HOUR, 'street'), random, { ...MINUTELY, fields })
    },
  },
  {
    ...common,
    name: 'stay-market-hall',
    title: 'Two hours in a market hall within the fence without a single fix',
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .go(200, 0, 0.9)
        .stay(2 * HOUR, 'none')
        .go(0, 0, 0.9)
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'stay-night-silent',
    title: 'The tracker is switched off at home for the night',
    from: at('21:00'),
    lasts: 11 * HOUR,
    play: (tape, begin, random) => {
      const track = startTrack(begin)
        .stay(30 * MINUTE)
        .stay(9 * HOUR, 'none')
        .stay(30 * MINUTE)
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'stay-late-batch',
    title: 'An outing beyond the fence is delivered after her return, together with fixes at home',
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(800, 0, 1)
        .go(0, 0, 1)
        .stay(20 * MINUTE)
      const delivered = track.end() - 10 * MINUTE
      const otherwise = storedUntil(from + 9 * MINUTE, delivered, delivered)
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise })
    },
  },
  {
    ...common,
    name: 'stay-late-batch-after-fresh',
    title: 'Fresh fixes at home come first, then the stored ones of an outing that end outside',
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(800, 0, 1)
        .go(0, 0, 1)
        .stay(40 * MINUTE)
      const home = track.end() - 38 * MINUTE
      const otherwise = storedUntil(from + 9 * MINUTE, home - 10 * MINUTE, home + 20 * MINUTE)
      const lost = (now: number) => (now >= home - 10 * MINUTE && now < home ? null : otherwise(now))
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise: lost })
    },
  },
  {
    ...common,
    name: 'stay-single-late-fixes',
    title: 'Stored fixes of yesterday’s outing trickle in one by one between the fresh ones at home',
    play: (tape, _from, random) => {
      const outing = startTrack(from - DAY)
        .go(900, 0, 1)
        .go(0, 0, 1)
      let n = 0
      const otherwise = () => ({ arrives: from + 10 * MINUTE + n++ * 70 * SECOND })
      receive(tape, 'tracker', outing, random, { ...MINUTELY, otherwise })
      receive(tape, 'tracker', startTrack(from).stay(100 * MINUTE, 'street'), random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'stay-day-fence',
    title: 'By day she may go 1.5 km, only at night 80 m: 900 m in the morning',
    settings: fenced(circle(1_500, { from: '06:00', to: '22:00' }), circle(80, { from: '22:00', to: '06:00' })),
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .go(900, 0, 1)
        .stay(20 * MINUTE, 'open')
        .go(0, 0, 1)
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'stay-on-the-way',
    title: 'To the market and home again along the corridor',
    settings: fenced(circle(100), WAY_TO_MARKET),
    play: (tape, _from, random) => {
      const there = startTrack(from)
        .go(900, 0, 0.9)
        .go(900, 290, 0.9)
        .stay(30 * MINUTE, 'street')
      receive(tape, 'tracker', there.go(900, 0, 0.9).go(0, 0, 0.9), random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'stay-in-village',
    title: 'Through all of the village, which is fenced as a polygon',
    settings: fenced(VILLAGE_SHAPE),
    play: (tape, _from, random) => {
      const track = startTrack(from).go(210, 160, 0.8).go(210, -160, 0.8).go(-210, -160, 0.8).go(-210, 160, 0.8)
      receive(tape, 'tracker', track.go(0, 0, 0.8), random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'stay-rough-positions',
    title: 'At home, and the positions are only good to 300 m and look as if she were outside',
    play: (tape, _from, random) => {
      const fields = () => away(random.between(-450, 450), random.between(-450, 450), 300)
      receive(tape, 'tracker', startTrack(from).stay(2 * HOUR), random, { ...MINUTELY, fields })
    },
  },
  {
    ...common,
    name: 'stay-not-asked',
    title: 'Nobody has asked for positions to be judged: she goes where she likes',
    settings: {},
    play: (tape, _from, random) => {
      receive(
        tape,
        'tracker',
        startTrack(from)
          .go(3_000, 500, 1)
          .stay(20 * MINUTE, 'open'),
        random,
        MINUTELY,
      )
    },
  },
  {
    ...common,
    name: 'stay-no-home-known',
    title: 'A fence around a home whose place nobody has entered: nothing can be said',
    home: { ...home, position: null },
    play: (tape, _from, random) => {
      receive(
        tape,
        'tracker',
        startTrack(from)
          .go(900, 500, 1)
          .stay(20 * MINUTE, 'open'),
        random,
        MINUTELY,
      )
    },
  },
]
