import Type, { type Static } from 'typebox'
import { AvailabilityWindow } from './availability.ts'

/** What a resident's file says besides the lists: photo, must-see notices, temporary notes, codes, and who changed what. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' })
const version = Type.Integer({ minimum: 1, description: 'The version that was looked at; a stale one is refused' })

/** Bytes of a photo at most; pages scale down before they send. */
export const PHOTO_BYTES = 300 * 1024
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const
export type PhotoType = (typeof PHOTO_TYPES)[number]

export const PhotoRef = Type.Object({ photoId: Type.String(), addedAt: Timestamp })

/** `home`: for everybody who lives there. */
export const NOTICE_SCOPES = ['resident', 'home'] as const
export type NoticeScope = (typeof NOTICE_SCOPES)[number]

/** What whoever has a case must have read before it ends. Its text never changes: another text is another notice. */
export const MustSeeNotice = Type.Object({
  noticeId: Type.String(),
  scope: Type.Enum([...NOTICE_SCOPES]),
  text: Type.String(),
  createdAt: Timestamp,
  createdBy: Type.String({ description: 'Display name' }),
  endedAt: Nullable(Timestamp),
  endedBy: Nullable(Type.String()),
})
export type MustSeeNotice = Static<typeof MustSeeNotice>

/** … as a case shows it. */
export const CaseNotice = Type.Object({
  noticeId: Type.String(),
  scope: Type.Enum([...NOTICE_SCOPES]),
  text: Type.String(),
  read: Nullable(Type.Object({ at: Timestamp, by: Type.String() })),
})
export type CaseNotice = Static<typeof CaseNotice>

/** A note that goes by itself. */
export const TemporaryNote = Type.Object({
  noteId: Type.String(),
  text: Type.String(),
  until: Timestamp,
  version: Type.Integer(),
  createdAt: Timestamp,
  createdBy: Type.String({ description: 'Display name' }),
  endedAt: Nullable(Timestamp),
  endedBy: Nullable(Type.String()),
})
export type TemporaryNote = Static<typeof TemporaryNote>

/** Days that a temporary note may last. What holds longer belongs into the file. */
export const NOTE_DAYS = 31

/** `POST /residents/{residentId}/notes` */
export const NewNote = Type.Object({ text: text(300), until: Timestamp })
export type NewNote = Static<typeof NewNote>
/** `POST /residents/{residentId}/notes/{noteId}/until`: another end. */
export const NoteUntil = Type.Object({ version, until: Timestamp })
/** `POST /residents/{residentId}/notes/{noteId}/end`: it does not hold any more. */
export const NoteEnd = Type.Object({ version })
/** `POST /residents/{residentId}/notices` */
export const NewNotice = Type.Object({ scope: Type.Enum([...NOTICE_SCOPES]), text: text(200) })
export type NewNotice = Static<typeof NewNotice>

/**
 * `POST /residents/{residentId}/contacts/{position}/reveal` and `…/access-code/reveal`. An own case in hand is reason
 * enough; without one a reason is needed. Either is noted in the audit.
 */
export const Reveal = Type.Object({
  caseId: Type.Optional(Type.String({ format: 'uuid' })),
  reason: Type.Optional(Type.String({ minLength: 2, maxLength: 300, pattern: '\\S' })),
})
export type Reveal = Static<typeof Reveal>
export const RevealedPhone = Type.Object({ phone: Type.String() })
export const RevealedCode = Type.Object({ code: Type.String() })

export const CALL_OUTCOMES = ['reached', 'no_answer', 'busy', 'refused', 'wrong_number'] as const
export type CallOutcome = (typeof CALL_OUTCOMES)[number]
/** `POST /cases/{caseId}/contact-calls`: how a call to a contact went. */
export const ContactCall = Type.Object({
  position: Type.Integer({ minimum: 1, maximum: 99 }),
  outcome: Type.Enum([...CALL_OUTCOMES]),
  text: Type.Optional(text(500)),
})
export type ContactCall = Static<typeof ContactCall>

const List = Type.Array(text(60), { maxItems: 30 })
/** `PATCH /residents/{residentId}/file`: what is left out stays. */
export const FileUpdate = Type.Object({
  version,
  abilityLevel: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 4 }))),
  livesAlone: Type.Optional(Type.Boolean()),
  dialect: Type.Optional(Nullable(text(40))),
  conditions: Type.Optional(List),
  medicines: Type.Optional(List),
  allergies: Type.Optional(List),
  hazards: Type.Optional(List),
  access: Type.Optional(Nullable(text(300))),
})
export type FileUpdate = Static<typeof FileUpdate>

/** `PUT /residents/{residentId}/contacts/{position}/availability` */
export const AvailabilityUpdate = Type.Object({
  version,
  windows: Type.Array(AvailabilityWindow, { maxItems: 14 }),
  awayUntil: Nullable(Timestamp),
})
export type AvailabilityUpdate = Static<typeof AvailabilityUpdate>

/** `PUT /residents/{residentId}/access-code`: of the home; null: there is none any more. */
export const CodeUpdate = Type.Object({ version, code: Nullable(text(100)) })

export const FILE_PARTS = ['details', 'access', 'code', 'availability', 'photo', 'notice', 'note'] as const
export type FilePart = (typeof FILE_PARTS)[number]

/** One line of a file's history. A code's value stands in neither. */
export const FileChange = Type.Object({
  changeId: Type.Integer(),
  at: Timestamp,
  by: Type.String({ description: 'Display name' }),
  part: Type.Enum([...FILE_PARTS]),
  before: Type.Record(Type.String(), Type.Unknown()),
  after: Type.Record(Type.String(), Type.Unknown()),
})
export type FileChange = Static<typeof FileChange>
