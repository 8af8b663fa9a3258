import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES } from './case.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Person = Type.Object({ userId: Uuid, displayName: Type.String() })
const words = Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' })
const reason = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })

/**
 * offered: it waits for the receiver's signature, the case stays with the giver. withdrawn: the giver took it back, or it
 * became pointless (resolved, taken over, reassigned).
 */
export const HANDOVER_STATES = ['offered', 'accepted', 'declined', 'withdrawn'] as const
export type HandoverState = (typeof HANDOVER_STATES)[number]

/** `POST /handovers` */
export const NewHandover = Type.Object({
  note: Type.Optional(Type.String({ maxLength: 1000, description: 'About the shift' })),
  cases: Type.Array(
    Type.Object({
      caseId: Uuid,
      to: Nullable(Uuid),
      note: words,
    }),
    { minItems: 1, maxItems: 100, description: 'to: a colleague, or null for the queue' },
  ),
})
export type NewHandover = Static<typeof NewHandover>

export const HandoverCaseView = Type.Object({
  caseId: Uuid,
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  state: Type.Enum([...CASE_STATES], { description: 'Of the case, now' }),
  openedAt: Timestamp,
  residentName: Nullable(Type.String()),
  place: Nullable(Type.String()),
  to: Nullable(Person),
  note: Type.String(),
  handover: Type.Enum([...HANDOVER_STATES]),
  decidedBy: Nullable(Person),
  decidedAt: Nullable(Timestamp),
  reason: Nullable(Type.String()),
})
export type HandoverCaseView = Static<typeof HandoverCaseView>

/** `GET /handovers/{handoverId}`: the sheet. */
export const HandoverView = Type.Object({
  handoverId: Uuid,
  giver: Person,
  at: Timestamp,
  note: Nullable(Type.String()),
  cases: Type.Array(HandoverCaseView),
})
export type HandoverView = Static<typeof HandoverView>

/** `GET /handovers` */
export const HandoverLine = Type.Object({
  handoverId: Uuid,
  giver: Person,
  at: Timestamp,
  cases: Type.Integer(),
  offered: Type.Integer({ description: 'Not signed yet' }),
})
export type HandoverLine = Static<typeof HandoverLine>

/** `POST /handovers/{handoverId}/accept|withdraw` */
export const HandoverCases = Type.Object({
  caseIds: Type.Array(Uuid, { minItems: 1, maxItems: 100, uniqueItems: true }),
})
/** `POST /handovers/{handoverId}/decline` */
export const HandoverDecline = Type.Object({ ...HandoverCases.properties, reason })

/** whisper: a supervisor's words about a case. given, taken: a supervisor moved a case to, or from, this desk. */
export const MESSAGE_KINDS = ['whisper', 'given', 'taken'] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

export const DeskMessage = Type.Object({
  messageId: Uuid,
  caseId: Uuid,
  kind: Type.Enum([...MESSAGE_KINDS]),
  from: Type.String(),
  text: Type.String(),
  at: Timestamp,
})
export type DeskMessage = Static<typeof DeskMessage>

/** `GET /handovers/inbox`: what waits for this operator. */
export const HandoverInbox = Type.Object({
  offered: Type.Array(HandoverView, { description: 'To me; only the cases that wait for my signature' }),
  given: Type.Array(HandoverView, { description: 'By me; only the cases that are not signed yet' }),
  messages: Type.Array(DeskMessage, { description: 'Unread, oldest first' }),
})
export type HandoverInbox = Static<typeof HandoverInbox>

/** `POST /desk/messages/read` */
export const MessagesRead = Type.Object({ messageIds: Type.Array(Uuid, { minItems: 1, maxItems: 100 }) })
/** `POST /desk/sign-off`: a supervisor ends somebody's shift, with the cases that she still has. */
export const SignOff = Type.Object({ userId: Uuid, reason })
/** `POST /cases/{caseId}/reassign` */
export const Reassign = Type.Object({ version: Type.Integer({ minimum: 1 }), to: Uuid, reason })
export type Reassign = Static<typeof Reassign>
/** `POST /cases/{caseId}/whisper` */
export const Whisper = Type.Object({ text: words })
