import type { Transaction } from 'kysely'
import Type from 'typebox'
import { caseSummary } from '../../cases/summaries.ts'
import { Page, PageQuery } from '../../contract/api.ts'
import { CaseSummary } from '../../contract/case.ts'
import { Problem } from '../../contract/errors.ts'
import {
  NewProtocol,
  PROTOCOL_ID,
  ProtocolDetail,
  ProtocolDraft,
  ProtocolList,
  ProtocolPublication,
  ProtocolVersion,
  SecondAsked,
  SecondPerson,
  StepAnswer,
} from '../../contract/protocol.ts'
import { audited } from '../../org/audit.ts'
import { listProtocols } from '../../protocol/matrix.ts'
import {
  createProtocol,
  getVersion,
  protocolDetail,
  protocolHistory,
  publish,
  saveDraft,
} from '../../protocol/versions.ts'
import type { Database } from '../../store/schema.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const CaseId = Type.Object({ caseId: Type.String({ format: 'uuid' }) })
const ProtocolId = Type.Object({ protocolId: Type.String({ pattern: PROTOCOL_ID }) })
const VersionId = Type.Object({ version: Type.Integer({ minimum: 1 }) })
const tags = ['protocols']

/** Protocols: read by everybody, written by supervisors; and their steps in a case. */
export async function protocolRoutes(api: Api, { db, clock, protocols }: HttpDeps): Promise<void> {
  const noted = (
    action: string,
    userId: string,
    protocolId: string,
    write: (tx: Transaction<Database>, now: number) => Promise<ProtocolDetail>,
  ) => {
    const now = clock.now()
    return audited(
      db,
      { userId, action },
      now,
      (tx) => write(tx, now),
      () => protocolId,
    )
  }

  api.get(
    '/protocols',
    { schema: { tags, summary: 'Protocols, and which serves which kind and risk', response: { 200: ProtocolList } } },
    async () => listProtocols(db, clock.now()),
  )

  api.get(
    '/protocols/:protocolId',
    {
      schema: {
        tags,
        summary: 'A protocol as saved last and as published',
        params: ProtocolId,
        response: { 200: ProtocolDetail, 404: Problem },
      },
    },
    async ({ params }) => protocolDetail(db, params.protocolId),
  )

  api.get(
    '/protocols/:protocolId/versions',
    {
      schema: {
        tags,
        summary: 'Everything saved of a protocol, newest first',
        params: ProtocolId,
        querystring: PageQuery,
        response: { 200: Page(ProtocolVersion) },
      },
    },
    async ({ params, query: { limit = 20, ...rest } }) => protocolHistory(db, params.protocolId, { limit, ...rest }),
  )

  api.get(
    '/protocol-versions/:version',
    {
      schema: {
        tags,
        summary: 'One saved state of a protocol',
        params: VersionId,
        response: { 200: ProtocolVersion, 404: Problem },
      },
    },
    async ({ params }) => getVersion(db, params.version),
  )

  api.post(
    '/protocols',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags,
        summary: 'A new protocol, as a draft',
        body: NewProtocol,
        response: { 201: ProtocolDetail, 400: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { protocolId, ...saved } = request.body
      const { userId } = currentUser(request)
      const made = await noted('protocol.create', userId, protocolId, (tx, now) =>
        createProtocol(tx, protocolId, { ...saved, userId }, now),
      )
      return reply.code(201).send(made)
    },
  )

  api.post(
    '/protocols/:protocolId/draft',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags,
        summary: 'Save a draft; it may lack things',
        params: ProtocolId,
        body: ProtocolDraft,
        response: { 200: ProtocolDetail, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { protocolId } = request.params
      const { base, ...saved } = request.body
      const { userId } = currentUser(request)
      return noted('protocol.draft', userId, protocolId, (tx, now) =>
        saveDraft(tx, protocolId, base, { ...saved, userId }, now),
      )
    },
  )

  api.post(
    '/protocols/:protocolId/publish',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags,
        summary: 'Publish: new cases get it, running ones keep theirs',
        params: ProtocolId,
        body: ProtocolPublication,
        response: { 200: ProtocolDetail, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { protocolId } = request.params
      const { base, ...saved } = request.body
      const { userId } = currentUser(request)
      return noted('protocol.publish', userId, protocolId, (tx, now) =>
        publish(tx, protocolId, base, { ...saved, userId }, now),
      )
    },
  )

  api.post(
    '/cases/:caseId/steps',
    {
      schema: {
        tags: ['cases'],
        summary: "Answer a step of the case's protocol, with what follows from it",
        params: CaseId,
        body: StepAnswer,
        response: { 200: CaseSummary, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { caseId } = request.params
      await protocols.answer(caseId, request.body, currentUser(request).userId)
      return caseSummary(db, caseId, clock.now())
    },
  )

  api.post(
    '/cases/:caseId/second',
    {
      schema: {
        tags: ['cases'],
        summary: 'Confirm, as another user, that the case may end though nobody has reached the resident',
        params: CaseId,
        body: SecondPerson,
        response: { 200: CaseSummary, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { caseId } = request.params
      await protocols.second(caseId, request.body, currentUser(request).userId)
      return caseSummary(db, caseId, clock.now())
    },
  )

  api.post(
    '/cases/:caseId/second/ask',
    {
      schema: {
        tags: ['cases'],
        summary: 'Ask the other desks to confirm that the case may end though nobody has reached the resident',
        params: CaseId,
        body: SecondAsked,
        response: { 200: CaseSummary, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { caseId } = request.params
      await protocols.askSecond(caseId, request.body, currentUser(request).userId)
      return caseSummary(db, caseId, clock.now())
    },
  )
}
