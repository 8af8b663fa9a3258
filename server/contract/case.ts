import Type, { type Static } from 'typebox'
import { Availability, AvailabilityWindow } from './availability.ts'
import { CaseNotice, MustSeeNotice, PhotoRef, TemporaryNote } from './case-file.ts'
import { ALERT_KINDS, CASE_CATEGORIES, OUTCOMES } from './kinds.ts'
import { CaseEscalation } from './notify.ts'
import { PositionView } from './position.ts'
import { CaseProtocol, ContactMark } from './protocol.ts'
import { EvidenceSampleView, ReasonView } from './reason.ts'
import { CaseIncident, CaseSuppression, Unprotected } from './watch.ts'

export { ALERT_KINDS, type AlertKind, CASE_CATEGORIES, type CaseCategory, OUTCOMES, type Outcome } from './kinds.ts'

/** Work state of a case. Hold is not a state but an owner and a deadline on top of one. */
export const CASE_STATES = ['new', 'claimed', 'dispatched', 'on_scene', 'resolved', 'closed'] as const
export type CaseState = (typeof CASE_STATES)[number]
/** States that an operator still has work in; `GET /cases?state=open`. */
export const OPEN_STATES = ['new', 'claimed', 'dispatched', 'on_scene'] as const satisfies readonly CaseState[]

/** How sure it is that what an alert says has really happened. */
export const CERTAINTIES = ['possible', 'likely', 'confirmed'] as const
export type Certainty = (typeof CERTAINTIES)[number]

export const CASE_ACTIONS = ['claim', 'hold', 'note', 'dispatch', 'arrive', 'resolve', 'close', 'reopen'] as const
export type CaseAction = (typeof CASE_ACTIONS)[number]
/** Besides, what is noted of a protocol without moving the case (server/protocol). */
export type CaseWork = CaseAction | 'step' | 'second' | 'second_asked'

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** The case is part of a drill: nobody is in danger. A real alarm that joins it takes the mark away. */
const CaseDrill = Type.Object({ drillId: Type.String(), title: Type.String() })
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
  returnedAt: Nullable(Type.String({ format: 'date-time', description: 'Its hold is over: it waits again' })),
  secondAskedAt: Nullable(
    Type.String({
      format: 'date-time',
      description: 'Since when its owner asks a colleague to confirm that nobody has to go',
    }),
  ),
  certainty: Type.Enum([...CERTAINTIES], { description: 'Of the most urgent alert' }),
  severe: Type.Boolean({
    description: 'Of the most urgent alert: whoever is concerned does not move, answer or recover',
  }),
  unprotected: Type.Boolean({ description: 'No device of the resident can call for help now' }),
  suppressed: Nullable(CaseSuppression),
  incident: Nullable(CaseIncident),
  drill: Nullable(CaseDrill),
  escalation: Type.Optional(Nullable(CaseEscalation)),
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
  /** A real alarm has joined a drill's case: it is real from here on. detail: {drillId} */
  'drill_upgraded',
  /** The drill is over, and with it the case. */
  'drill_ended',
  /** In a drill nobody outside is sent, called or told. detail: {action} */
  'kept_inside',
  /** An answer of the protocol. detail: {version, stepId, key, text, label, contact?, note?, again?} */
  'step',
  /** Another user agrees that the case may end although nobody has seen the resident. detail: {reason, until} */
  'second',
  /** Its owner asks the others for that. */
  'second_asked',
  /** Told further up, as nobody has taken it. detail: {step, round, channels, people} */
  'escalated',
  /** A step came to nothing. detail: {step, round, why: 'unreachable' | 'missed'} */
  'escalation_skipped',
  /** Whoever took it has been silent for too long. */
  'acknowledgement_expired',
  /** All rounds are over, and nobody took it. detail: {rounds} */
  'escalation_exhausted',
  /** Somebody who was called pressed 1. detail: {notificationId, recipient} */
  'responsibility_taken',
  /** Its owner has read a must-see notice. detail: {noticeId, text} */
  'notice_read',
  /** A contact was called. detail: {position, name, relation, outcome, text?} */
  'contact_called',
  /** Voice, detail: {callId, deviceId, reason?, seconds?}; dialled: {target}; exchange_call: {externalId, direction, seconds} */
  'call_started',
  'call_connected',
  'call_ended',
  'dialled',
  'exchange_call',
  /** Not written into the log: shown in it, from the offers. actor: to whom. passed: {why} */
  'offered',
  'reminded',
  'passed',
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
      'note: {text, contact?}; notice_read: {noticeId, text}; contact_called: {position, name, relation, outcome, text?}; dispatch: {to, text?}; resolve: {outcome, reason, contact?}; signal: {kind, deviceId, count}; hold: {until, reason?}; opened, signal, cancelled, restored, assessed: {why: {zh-CN, en}}',
  }),
})
export type CaseLogEntry = Static<typeof CaseLogEntry>

export const Contact = Type.Object({
  position: Type.Integer({ description: 'In the order of the file, from 1' }),
  name: Type.String(),
  relation: Type.String(),
  phone: Type.String({ description: 'Masked in the middle unless asked for with a reason' }),
  note: Nullable(Type.String()),
  windows: Type.Array(AvailabilityWindow),
  awayUntil: Nullable(Timestamp),
  availability: Availability,
})
export type Contact = Static<typeof Contact>

export const ResidentFile = Type.Object({
  residentId: Type.String(),
  version: Type.Integer({ description: 'Of what an office may change in it' }),
  photo: Nullable(PhotoRef),
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
      hasCode: Type.Boolean({ description: 'A code is on file; it is shown on demand only' }),
      lat: Nullable(Type.Number({ description: 'WGS-84 degrees' })),
      lon: Nullable(Type.Number({ description: 'WGS-84 degrees' })),
    }),
  ),
  contacts: Type.Array(Contact, { description: "In the file's order" }),
  notes: Type.Array(TemporaryNote, { description: 'Those that hold now, the first to end first' }),
  unprotected: Nullable(Unprotected),
})
export type ResidentFile = Static<typeof ResidentFile>

/** `GET /residents/{residentId}/file` */
export const ResidentFilePage = Type.Object({
  file: ResidentFile,
  notices: Type.Array(MustSeeNotice, { description: 'Those that hold first, then those that have ended' }),
  pastNotes: Type.Array(TemporaryNote),
})
export type ResidentFilePage = Static<typeof ResidentFilePage>

export const DeviceHealth = Type.Object({
  deviceId: Type.String(),
  kind: Type.String(),
  room: Nullable(Type.String()),
  online: Type.Boolean(),
  lastSeenAt: Nullable(Timestamp),
  battery: Nullable(Type.Number({ description: '%' })),
})
export type DeviceHealth = Static<typeof DeviceHealth>

/** An alert of the resident in an earlier case. */
export const RecentAlert = Type.Object({
  alertId: Type.String(),
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  at: Timestamp,
  state: Type.Enum([...CASE_STATES]),
  outcome: Nullable(Type.Enum([...OUTCOMES])),
})
export type RecentAlert = Static<typeof RecentAlert>

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
  protocol: CaseProtocol,
  recentAlerts: Type.Array(RecentAlert, {
    description: "The resident's last ten alerts that belong to other cases, newest first",
  }),
  notices: Type.Array(CaseNotice, {
    description: 'What must be read before this case is resolved or closed; `read`: by its owner',
  }),
  position: Nullable(PositionView),
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
    reason: Type.Optional(Type.String({ maxLength: 2000, description: 'Why; a takeover needs one' })),
  }),
  hold: Type.Object({
    version,
    seconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 120, default: 120 })),
    reason: Type.Optional(text),
  }),
  note: Type.Object({ version, text, contact: Type.Optional(ContactMark) }),
  dispatch: Type.Object({ version, to: Type.Optional(text), text: Type.Optional(text) }),
  arrive: Type.Object({ version, text: Type.Optional(text) }),
  resolve: Type.Object({
    version,
    outcome: Type.Enum([...OUTCOMES]),
    reason: text,
    contact: Type.Optional(ContactMark),
  }),
  close: Type.Object({ version, text: Type.Optional(text) }),
  reopen: Type.Object({ version, reason: text }),
} as const satisfies Record<CaseAction, Type.TSchema>
export type CaseCommandBody = { [A in CaseAction]: Static<(typeof CaseCommand)[A]> }
