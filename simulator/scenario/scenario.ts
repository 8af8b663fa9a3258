import {
  DEVICE_KINDS,
  DEVICE_ROLES,
  type DeviceKind,
  type DeviceRole,
  type Protocol,
} from '../../server/contract/device.ts'
import { EVENT_TYPES, type EventType, SIGNAL_TYPES, type SignalType } from '../../server/contract/signal.ts'
import { MIXABLE } from '../mix.ts'
import { MILESIGHT_MODELS } from '../wire/milesight.ts'
import { ZIGBEE_MODELS } from '../wire/zigbee.ts'
import { Fields, type ScenarioProblem } from './reader.ts'

/** What happens when, and what the platform is to have recorded in the end. Times are routine time, ms from the start. */
export interface Scenario {
  title: string
  homes: ScenarioHome[]
  /** Whether residents live their day beside what is told here. */
  isDay: boolean
  telemetryMs: number
  qos: 0 | 1
  timeline: ScenarioStep[]
  lastsMs: number
  recorded: Expectation[]
}

export interface ScenarioHome {
  home: string
  devices: ScenarioDevice[]
}

export interface ScenarioDevice {
  /** Its name in this file. */
  device: string
  protocol: Protocol
  kind: DeviceKind
  room: string | null
  model: string | null
  role: DeviceRole | null
  /** Name of the hub in the same home. */
  behind: string | null
  /** What its hub calls it. */
  name: string | null
}

/** `home` or `home/device`. */
export type Target = string

export type ScenarioStep = { atMs: number; place: string } /** The first time at `atMs`. */ & (
  | { do: 'tell'; device: Target; type: EventType; times: number; everyMs: number }
  | { do: 'cut'; target: Target; ms: number; power: boolean }
  | { do: 'fall'; home: string; liesMs: number | null }
  | { do: 'getUp' | 'wander' | 'comeHome' | 'jump' | 'measure'; home: string }
  | { do: 'walk' | 'tunnel'; home: string; ms: number }
  | { do: 'battery'; device: Target; percent: number }
  /** The device is without power, and its clock is wrong by so much afterwards. */
  | { do: 'reboot'; device: Target; ms: number; clockErrorMs: number }
)

const STEPS = [
  'tell',
  'cut',
  'fall',
  'getUp',
  'wander',
  'comeHome',
  'jump',
  'measure',
  'walk',
  'tunnel',
  'battery',
  'reboot',
] as const

/** So many signals of a type from a device. */
export interface Expectation {
  device: Target
  type: SignalType
  least: number
  most: number
  place: string
}

/** A scenario file that can't be played; the message names every wrong place and its reason. */
export class ScenarioError extends Error {
  readonly problems: readonly ScenarioProblem[]
  constructor(problems: readonly ScenarioProblem[]) {
    super(problems.map(({ place, reason }) => `${place === '' ? 'the file' : place} ${reason}`).join('\n'))
    this.problems = problems
  }
}

/**
 * Reads a scenario file.
 * @throws ScenarioError
 */
export function readScenario(text: string): Scenario {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ScenarioError([{ place: '', reason: `is not JSON: ${error.message}` }])
  }
  const problems: ScenarioProblem[] = []
  const fields = new Fields(value, '', problems)
  const title = fields.text('title')
  fields.optionalText('about')
  const isDay = fields.flag('day')
  const telemetryMs = (fields.optionalNumber('telemetrySeconds', [0.1, 86_400]) ?? 60) * 1000
  const qos = fields.optionalWhole('qos', [0, 1]) === 1 ? 1 : 0
  const homes = fields.list('homes', readHome)
  const lastsMs = fields.time('lasts')
  const timeline = fields.list('timeline', readStep)
  const recorded = fields.list('recorded', readExpectation)
  fields.refuseOthers()
  const scenario: Scenario = { title, homes, isDay, telemetryMs, qos, timeline, lastsMs, recorded }
  if (problems.length === 0) problems.push(...contradictions(scenario))
  if (problems.length > 0) throw new ScenarioError(problems)
  return scenario
}

const NAME = /^[a-z][a-z0-9-]{0,19}$/

function readName(fields: Fields, name: string): string {
  const text = fields.text(name)
  if (text !== '' && !NAME.test(text)) fields.refuse(name, 'must be small letters, digits and -, at most 20')
  return text
}

function readHome(fields: Fields): ScenarioHome {
  return { home: readName(fields, 'home'), devices: fields.list('devices', readDevice) }
}

/** Protocols whose devices are heard through a hub in the home. */
const BEHIND_HUBS: readonly Protocol[] = ['zigbee2mqtt', 'shelly_blu']

function readDevice(fields: Fields): ScenarioDevice {
  const protocol = fields.word('protocol', MIXABLE, 'native')
  const model = fields.optionalText('model')
  const made = model === null ? undefined : (ZIGBEE_MODELS.get(model) ?? MILESIGHT_MODELS.get(model))
  const kind = made && !fields.has('kind') ? made.kind : fields.word('kind', DEVICE_KINDS, 'other')
  const role = fields.has('role') ? fields.word('role', DEVICE_ROLES, 'ordinary') : (made?.role ?? null)
  const isZigbee = protocol === 'zigbee2mqtt' && kind !== 'hub'
  if (isZigbee && model !== null && !ZIGBEE_MODELS.has(model)) {
    fields.refuse('model', `must be one of ${[...ZIGBEE_MODELS.keys()].join(', ')}`)
  }
  const isEnd = protocol === 'chirpstack' || protocol === 'tts'
  if (isEnd && !MILESIGHT_MODELS.has(model ?? '')) {
    fields.refuse('model', `must be one of ${[...MILESIGHT_MODELS.keys()].join(', ')}`)
  }
  if (isZigbee && model === null) fields.refuse('model', 'is missing: what is behind the hub?')
  const isChild = BEHIND_HUBS.includes(protocol) && kind !== 'hub'
  const behind = isChild ? fields.text('behind') : fields.optionalText('behind')
  if (!isChild && behind !== null) {
    fields.refuse('behind', `has no meaning here: only devices of ${BEHIND_HUBS.join(', ')} stand behind a hub`)
  }
  const device = readName(fields, 'device')
  return {
    device,
    protocol,
    kind,
    room: fields.optionalText('room'),
    model,
    role,
    behind,
    name: fields.optionalText('name'),
  }
}

const HOUR_S = 3_600

function readStep(fields: Fields): ScenarioStep {
  const common = { atMs: fields.time('at'), place: fields.place }
  const doing = fields.knownWord('do', STEPS)
  if (doing === null) {
    // What else such a step should have can't be said.
    fields.sayNoMore()
    return { ...common, do: 'measure', home: '' }
  }
  const seconds = (name: string, max = 24 * HOUR_S) => fields.number(name, [0, max], 0) * 1000
  switch (doing) {
    case 'tell': {
      const type = fields.word('type', EVENT_TYPES, 'test')
      const times = fields.optionalWhole('times', [1, 10_000]) ?? 1
      const everyMs = (fields.optionalNumber('everySeconds', [0.01, HOUR_S]) ?? 1) * 1000
      return { ...common, do: doing, device: fields.text('device'), type, times, everyMs }
    }
    case 'cut':
      return {
        ...common,
        do: doing,
        target: fields.text('target'),
        ms: seconds('seconds'),
        power: fields.flag('power'),
      }
    case 'fall': {
      const lies = fields.optionalNumber('liesSeconds', [1, 24 * HOUR_S])
      return { ...common, do: doing, home: fields.text('home'), liesMs: lies === null ? null : lies * 1000 }
    }
    case 'walk':
    case 'tunnel':
      return { ...common, do: doing, home: fields.text('home'), ms: seconds('seconds') }
    case 'battery':
      return { ...common, do: doing, device: fields.text('device'), percent: fields.number('percent', [0, 100], 0) }
    case 'reboot': {
      const clockErrorMs = (fields.optionalNumber('clockErrorSeconds', [-2e9, 2e9]) ?? 0) * 1000
      return { ...common, do: doing, device: fields.text('device'), ms: seconds('seconds'), clockErrorMs }
    }
    default:
      return { ...common, do: doing, home: fields.text('home') }
  }
}

function readExpectation(fields: Fields): Expectation {
  const device = fields.text('device')
  const type = fields.word('type', SIGNAL_TYPES, 'test')
  const { place } = fields
  const range = [0, 1_000_000] as const
  const count = fields.optionalWhole('count', range)
  const least = fields.optionalWhole('atLeast', range)
  const most = fields.optionalWhole('atMost', range)
  const isRange = least !== null || most !== null
  if (count === null && !isRange) fields.refuse('count', 'is missing (or atLeast, atMost)')
  if (count !== null && isRange) fields.refuse('count', 'stands beside atLeast or atMost: give the one or the other')
  if (least !== null && most !== null && least > most) fields.refuse('atLeast', `is more than atMost, which is ${most}`)
  return { device, type, least: count ?? least ?? 0, most: count ?? most ?? Number.POSITIVE_INFINITY, place }
}

/** What can only be seen when all of it is known: names that are none, hubs that aren't there, too little time. */
function contradictions({ homes, timeline, lastsMs, recorded }: Scenario): ScenarioProblem[] {
  const problems: ScenarioProblem[] = []
  const targets = new Set<Target>()
  const devices = new Map<Target, ScenarioDevice>()
  homes.forEach(({ home, devices: all }, at) => {
    if (targets.has(home)) problems.push({ place: `homes[${at}].home`, reason: `"${home}" is there twice` })
    targets.add(home)
    all.forEach((device, n) => {
      const place = `homes[${at}].devices[${n}]`
      const name = `${home}/${device.device}`
      if (devices.has(name)) problems.push({ place: `${place}.device`, reason: `"${device.device}" is there twice` })
      devices.set(name, device)
      const hub = device.behind === null ? undefined : all.slice(0, n).find((one) => one.device === device.behind)
      if (device.behind !== null && (hub?.kind !== 'hub' || hub.protocol !== device.protocol)) {
        problems.push({
          place: `${place}.behind`,
          reason: `"${device.behind}" is no hub of ${device.protocol} that stands before it in this home`,
        })
      }
    })
  })
  const need = (target: Target, place: string, known: { has(name: string): boolean }, what: string) => {
    if (!known.has(target)) problems.push({ place, reason: `names "${target}", which is no ${what} of this file` })
  }
  for (const step of timeline) {
    if (step.atMs > lastsMs) problems.push({ place: `${step.place}.at`, reason: 'is after the end (lasts)' })
    else if (step.do === 'tell' && step.atMs + (step.times - 1) * step.everyMs > lastsMs) {
      const reason = `is so often that the last one, every ${step.everyMs / 1000} s, comes after the end (lasts)`
      problems.push({ place: `${step.place}.times`, reason })
    }
    if ('device' in step) need(step.device, `${step.place}.device`, devices, 'home/device')
    else if ('target' in step)
      need(
        step.target,
        `${step.place}.target`,
        { has: (name) => targets.has(name) || devices.has(name) },
        'home or home/device',
      )
    else need(step.home, `${step.place}.home`, targets, 'home')
  }
  for (const { device, place } of recorded) need(device, `${place}.device`, devices, 'home/device')
  return problems
}
