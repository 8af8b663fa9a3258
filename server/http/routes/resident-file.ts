import Type from 'typebox'
import { fileHistory, noSuchResident } from '../../care/file/changes.ts'
import { setAvailability, setCode, updateFile } from '../../care/file/details.ts'
import { addNote, endNote, moveNote, pastNotes } from '../../care/file/notes.ts'
import { addNotice, endNotice, noticesOf } from '../../care/file/notices.ts'
import { codeOf, groundsOf, phoneOf } from '../../care/file/reveal.ts'
import { residentFile } from '../../care/residents.ts'
import { Page, PageQuery } from '../../contract/api.ts'
import { ResidentFilePage } from '../../contract/case.ts'
import {
  AvailabilityUpdate,
  CodeUpdate,
  FileChange,
  FileUpdate,
  NewNote,
  NewNotice,
  NoteEnd,
  NoteUntil,
  Reveal,
  RevealedCode,
  RevealedPhone,
} from '../../contract/case-file.ts'
import { Problem } from '../../contract/errors.ts'
import { audit } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { changeFile } from '../file-change.ts'

const ResidentId = Type.Object({ residentId: Type.String({ maxLength: 64 }) })
const ContactRef = Type.Object({ ...ResidentId.properties, position: Type.Integer({ minimum: 1, maximum: 99 }) })
const NoteRef = Type.Object({ ...ResidentId.properties, noteId: Type.String({ format: 'uuid' }) })
const NoticeRef = Type.Object({ ...ResidentId.properties, noticeId: Type.String({ format: 'uuid' }) })
const REFUSED = { 400: Problem, 404: Problem, 409: Problem }
const CHANGED = { 204: Type.Null(), ...REFUSED }

/** A resident's file as the centre keeps it. Every reading and every change is noted in the audit. */
export async function residentFileRoutes(api: Api, deps: HttpDeps): Promise<void> {
  const { db, clock, sealer } = deps
  const change = (userId: string, action: string, residentId: string, work: Parameters<typeof changeFile>[3]) =>
    changeFile(deps, { userId, action }, residentId, work)
  const byOf = (request: Parameters<typeof currentUser>[0]) => ({
    userId: currentUser(request).userId,
    now: clock.now(),
  })

  api.get(
    '/residents/:residentId/file',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: "A resident's file with notices and notes, those that have ended too",
        params: ResidentId,
        response: { 200: ResidentFilePage, 404: Problem },
      },
    },
    async (request) => {
      const { residentId } = request.params
      const { userId, now } = byOf(request)
      const [file, notices, past] = await Promise.all([
        residentFile(db, residentId, now),
        noticesOf(db, residentId),
        pastNotes(db, residentId, now),
      ])
      if (file === null) throw noSuchResident()
      await audit(db, { userId, action: 'resident.read', subject: residentId }, now)
      return { file, notices, pastNotes: past }
    },
  )

  api.get(
    '/residents/:residentId/file/history',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: 'Who changed what in a file, newest first',
        params: ResidentId,
        querystring: PageQuery,
        response: { 200: Page(FileChange), 400: Problem },
      },
    },
    async ({ params: { residentId }, query: { limit = 50, ...rest } }) =>
      fileHistory(db, residentId, { limit, ...rest }),
  )

  api.patch(
    '/residents/:residentId/file',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: 'Change ability, language, medical lists, way in',
        params: ResidentId,
        body: FileUpdate,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const by = byOf(request)
      await change(by.userId, 'resident.change', residentId, (tx) => updateFile(tx, residentId, request.body, by))
      return reply.code(204).send(null)
    },
  )

  api.put(
    '/residents/:residentId/contacts/:position/availability',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: 'When a contact can be reached, and until when they are away',
        params: ContactRef,
        body: AvailabilityUpdate,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId, position } = request.params
      const by = byOf(request)
      await change(by.userId, 'contact.availability', residentId, (tx) =>
        setAvailability(tx, residentId, position, request.body, by),
      )
      return reply.code(204).send(null)
    },
  )

  api.put(
    '/residents/:residentId/access-code',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: "Set the code of the home's key safe or lock; kept sealed",
        params: ResidentId,
        body: CodeUpdate,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const by = byOf(request)
      await change(by.userId, 'access_code.change', residentId, (tx) =>
        setCode(tx, sealer, residentId, request.body, by),
      )
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/residents/:residentId/contacts/:position/reveal',
    {
      schema: {
        tags: ['residents'],
        summary: "A contact's whole number, for a reason or an own case; audited",
        params: ContactRef,
        body: Reveal,
        response: { 200: RevealedPhone, ...REFUSED },
      },
    },
    async (request, reply) => {
      const { residentId, position } = request.params
      const { userId, now } = byOf(request)
      const grounds = await groundsOf(db, residentId, request.body, userId)
      const phone = await phoneOf(db, residentId, position)
      const detail = { position, ...grounds }
      await audit(db, { userId, action: 'contact.reveal', subject: residentId, detail }, now)
      return reply.header('cache-control', 'no-store').send({ phone })
    },
  )

  api.post(
    '/residents/:residentId/access-code/reveal',
    {
      schema: {
        tags: ['residents'],
        summary: "The code of the home's key safe or lock, for a reason or an own case; audited",
        params: ResidentId,
        body: Reveal,
        response: { 200: RevealedCode, ...REFUSED },
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const { userId, now } = byOf(request)
      const detail = await groundsOf(db, residentId, request.body, userId)
      const code = await codeOf(db, sealer, residentId)
      await audit(db, { userId, action: 'access_code.reveal', subject: residentId, detail }, now)
      return reply.header('cache-control', 'no-store').send({ code })
    },
  )

  api.post(
    '/residents/:residentId/notices',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: 'A notice that must be read in every case',
        params: ResidentId,
        body: NewNotice,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const by = byOf(request)
      await change(by.userId, 'notice.create', residentId, (tx) => addNotice(tx, residentId, request.body, by))
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/residents/:residentId/notices/:noticeId/end',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: 'Nobody has to read it any more',
        params: NoticeRef,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId, noticeId } = request.params
      const by = byOf(request)
      await change(by.userId, 'notice.end', residentId, (tx) => endNotice(tx, residentId, noticeId, by))
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/residents/:residentId/notes',
    {
      schema: {
        tags: ['residents'],
        summary: 'A note that goes by itself',
        params: ResidentId,
        body: NewNote,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const by = byOf(request)
      await change(by.userId, 'note.create', residentId, (tx) => addNote(tx, residentId, request.body, by))
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/residents/:residentId/notes/:noteId/until',
    {
      schema: {
        tags: ['residents'],
        summary: 'Let a note hold longer or shorter',
        params: NoteRef,
        body: NoteUntil,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId, noteId } = request.params
      const { version, until } = request.body
      const by = byOf(request)
      await change(by.userId, 'note.move', residentId, (tx) => moveNote(tx, { residentId, noteId, version }, until, by))
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/residents/:residentId/notes/:noteId/end',
    {
      schema: {
        tags: ['residents'],
        summary: 'A note does not hold any more',
        params: NoteRef,
        body: NoteEnd,
        response: CHANGED,
      },
    },
    async (request, reply) => {
      const { residentId, noteId } = request.params
      const { version } = request.body
      const by = byOf(request)
      await change(by.userId, 'note.end', residentId, (tx) => endNote(tx, { residentId, noteId, version }, by))
      return reply.code(204).send(null)
    },
  )
}
