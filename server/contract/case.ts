import Type, { type Static } from 'typebox'
import { EvidenceSampleView, ReasonView } from './reason.ts'
import { CaseIncident, CaseSuppression, Unprotected } from './watch.ts'

/** Work state of a case. Hold is not a state but an owner and a deadline on top of one. */
export const CASE_STATES = ['new', 'claimed', 'dispatched', 'on_scene', 'resolved', 'closed'] as const
export type CaseState = (typeof CASE_STATES)[number]
/** States that an operator still has work in; `GET /cases?state=open`. */
export const OPEN_STATES = ['new', 'claimed', 'dispatched', 'on_scene'] as const satisfies readonly CaseState[]

/** What raised an alert. A case carries the kind of its most urgent alert. */
export const ALERT_KINDS = [
  'sos',
  'fall',
  'smoke',
  'gas',
  'co',
  'wander',
  'general',
  'unreadable',
  'water_leak',
  'help',
  'inactivity',
  'leave_bed',
  'vital_sign',
  'hub_offline',
  'device_fault',
  'tamper',
  'removed',
  'battery_low',
  'mains_loss',
  /** Not heard of for longer than it may be silent. */
  'offline',
  /** Many at once in one area: one case for all of them. */
  'area_offline',
  /** The monthly self-test is overdue. */
  'test_overdue',
  'door_left_open',
  'temperature',
  /** Not on one of the walks that the resident usually takes. */
  'route_deviation',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** How sure it is that what an alert says has really happened. */
export const CERTAINTIES = ['possible', 'likely', 'confirmed'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** 紧急救援, 生活帮助, 主动关怀, 设备故障 */
export const CASE_CATEGORIES = ['emergency', 'help', 'care', 'fault'] as const
export type CaseCategory = (typeof CASE_CATEGORIES)[number]

export const OUTCOMES = [
  'helped',
  'hospital',
  'advised',
  'no_help_needed',
  'false_alarm',
  'test',
  'fault_reported',
  'deceased',
  'other',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export const CASE_ACTIONS = ['claim', 'hold', 'note', 'dispatch', 'arrive', 'resolve', 'close', 'reopen'] as const
export type CaseAction = (typeof CASE_ACTIONS)[number]

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Offered for handover and not signed yet. */
const CaseHandover = Type.Object({
  handoverId: Type.String(),
  to: Nullable(Type.Object({ userId: Type.String(), displayName: Type.String() })),
  at: Timestamp,
})

/** A row of the queue. */
export const CaseSummary = Type.Object({
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  priority: Type.Integer({ minimum: 1, maximum: 5, description: '1 is the most urgent' }),
  state: Type.Enum([...CASE_STATES]),
  version: Type.Integer({ minimum: 1 }),
  openedAt: Timestamp,
  lastSignalAt: Timestamp,
  signalCount: Type.Integer(),
  cancelled: Type.Boolean({ description: 'The resident cancelled, or every alert was restored' }),
  residentId: Nullable(Type.String()),
  residentName: Nullable(Type.String()),
  residentAge: Nullable(Type.Integer()),
  place: Nullable(Type.String({ description: 'County and town' })),
  room: Nullable(Type.String()),
  deviceId: Type.String({ description: 'The device of the most urgent alert' }),
  owner: Nullable(Type.Object({ userId: Type.String(), displayName: Type.String() })),
  holdUntil: Nullable(Timestamp),
  claimedAt: Nullable(Timestamp),
  certainty: Type.Enum([...CERTAINTIES], { description: 'Of the most urgent alert' }),
  severe: Type.Boolean({
    description: 'Of the most urgent alert: whoever is concerned does not move, answer or recover',
  }),
  unprotected: Type.Boolean({ description: 'No device of the resident can call for help now' }),
  suppressed: Nullable(CaseSuppression),
  incident: Nullable(CaseIncident),
  handover: Nullable(CaseHandover),
})
export type CaseSummary = Static<typeof CaseSummary>

export const AlertView = Type.Object({
  alertId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  deviceState: Type.Enum(['active', 'restored'], { description: 'What the device says; never closes work' }),
  deviceId: Type.String(),
  deviceKind: Type.String(),
  room: Nullable(Type.String()),
  firstSignalAt: Timestamp,
  lastSignalAt: Timestamp,
  signalCount: Type.Integer(),
  certainty: Type.Enum([...CERTAINTIES]),
  severe: Type.Boolean({ description: 'Whoever is concerned does not move, answer or recover' }),
  reason: Nullable(ReasonView),
  assessment: Nullable(ReasonView),
  samples: Type.Array(EvidenceSampleView, { description: 'Positions and readings that it rests on, oldest first' }),
})
export type AlertView = Static<typeof AlertView>

export const LOG_ACTIONS = [
  ...CASE_ACTIONS,
  'opened',
  'assessed',
  'signal',
  'cancelled',
  'restored',
  'takeover',
  'resume',
  'hold_expired',
  /** Nobody is told: what it comes from is on test or in maintenance. detail: {suppressionId, kind, reason, until} */
  'suppressed',
  /** It is told now: it is not suppressed any more. detail: {suppressionId, ended: 'over' | 'other_alert'} */
  'notified',
  /** detail: {handoverId, to (null: the queue), toName, note}; the case stays with the giver until it is accepted. */
  'handover_offered',
  /** detail: {handoverId, from, fromName} */
  'handover_accepted',
  /** detail: {handoverId, reason} */
  'handover_declined',
  /** The giver took the offer back. One that became pointless ends with what made it so. detail: {handoverId, why} */
  'handover_withdrawn',
  /** A supervisor gave it to another operator. detail: {from, fromName, to, toName, reason} */
  'reassigned',
  /** A supervisor looks over the operator's shoulder. Changes nothing of the case, its version neither. */
  'assisted',
  'assist_ended',
  /** A supervisor's words to the operator alone. detail: {to, toName, text} */
  'whisper',
] as const
export type LogAction = (typeof LOG_ACTIONS)[number]

export const CaseLogEntry = Type.Object({
  at: Timestamp,
  action: Type.Enum([...LOG_ACTIONS]),
  actor: Nullable(Type.String({ description: "An operator's display name; null for the platform" })),
  fromState: Nullable(Type.Enum([...CASE_STATES])),
  toState: Type.Enum([...CASE_STATES]),
  version: Type.Integer(),
  detail: Type.Record(Type.String(), Type.Unknown(), {
    description:
      'note: {text}; dispatch: {to, text?}; resolve: {outcome, reason}; signal: {kind, deviceId, count}; hold: {until, reason?}; opened, signal, cancelled, restored, assessed: {why: {zh-CN, en}}',
  }),
})
export type CaseLogEntry = Static<typeof CaseLogEntry>

export const Contact = Type.Object({
  name: Type.String(),
  relation: Type.String(),
  phone: Type.String({ description: 'Masked in the middle unless asked for with a reason' }),
  note: Nullable(Type.String()),
})

export const ResidentFile = Type.Object({
  residentId: Type.String(),
  name: Type.String(),
  gender: Type.Enum(['female', 'male', 'unknown']),
  age: Nullable(Type.Integer()),
  abilityLevel: Nullable(Type.Integer({ description: 'GB/T 42195-2022, 0 able … 4 fully disabled' })),
  livesAlone: Type.Boolean(),
  dialect: Nullable(Type.String()),
  conditions: Type.Array(Type.String()),
  medicines: Type.Array(Type.String()),
  allergies: Type.Array(Type.String()),
  hazards: Type.Array(Type.String({ description: 'What a responder must know first' })),
  home: Nullable(
    Type.Object({
      homeId: Type.String(),
      address: Type.String(),
      divisionCode: Type.String(),
      place: Type.String({ description: 'County and town' }),
      access: Nullable(Type.String({ description: 'How to get in; never a code' })),
      lat: Nullable(Type.Number({ description: 'WGS-84 degrees' })),
      lon: Nullable(Type.Number({ description: 'WGS-84 degrees' })),
    }),
  ),
  contacts: Type.Array(Contact),
  unprotected: Nullable(Unprotected),
})
export type ResidentFile = Static<typeof ResidentFile>

export const DeviceHealth = Type.Object({
  deviceId: Type.String(),
  kind: Type.String(),
  room: Nullable(Type.String()),
  online: Type.Boolean(),
  lastSeenAt: Nullable(Timestamp),
  battery: Nullable(Type.Number({ description: '%' })),
})
export type DeviceHealth = Static<typeof DeviceHealth>

/** All an operator needs for one decision. */
export const CaseDetail = Type.Object({
  case: CaseSummary,
  outcome: Nullable(Type.Enum([...OUTCOMES])),
  alerts: Type.Array(AlertView),
  log: Type.Array(CaseLogEntry),
  resident: Nullable(ResidentFile),
  devices: Type.Array(DeviceHealth),
  previous: Type.Array(
    Type.Object({
      caseId: Type.String(),
      kind: Type.Enum([...ALERT_KINDS]),
      openedAt: Timestamp,
      state: Type.Enum([...CASE_STATES]),
      outcome: Nullable(Type.Enum([...OUTCOMES])),
    }),
    { description: "The resident's last ten cases before this one, newest first" },
  ),
})
export type CaseDetail = Static<typeof CaseDetail>

const version = Type.Integer({
  minimum: 1,
  description: 'The version the operator was looking at; a stale one is refused',
})
const text = Type.String({ minLength: 1, maxLength: 2000 })

/** Bodies of `POST /cases/{caseId}/{action}`. */
export const CaseCommand = {
  claim: Type.Object({
    version,
    takeover: Type.Optional(Type.Boolean({ description: 'Take it from its owner; logged' })),
  }),
  hold: Type.Object({
    version,
    seconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 120, default: 120 })),
    reason: Type.Optional(text),
  }),
  note: Type.Object({ version, text }),
  dispatch: Type.Object({ version, to: Type.Optional(text), text: Type.Optional(text) }),
  arrive: Type.Object({ version, text: Type.Optional(text) }),
  resolve: Type.Object({ version, outcome: Type.Enum([...OUTCOMES]), reason: text }),
  close: Type.Object({ version, text: Type.Optional(text) }),
  reopen: Type.Object({ version, reason: text }),
} as const satisfies Record<CaseAction, Type.TSchema>
export type CaseCommandBody = { [A in CaseAction]: Static<(typeof CaseCommand)[A]> }
