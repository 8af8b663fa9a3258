import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { wrongField } from '../../care/file/changes.ts'
import { addPhoto, readPhoto, removePhoto } from '../../care/file/photo.ts'
import { PHOTO_BYTES, PHOTO_TYPES } from '../../contract/case-file.ts'
import { Problem } from '../../contract/errors.ts'
import { audit } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { changeFile } from '../file-change.ts'

const ResidentId = Type.Object({ residentId: Type.String({ maxLength: 64 }) })
const Taken = Type.Object({ photoId: Type.String() })

/** Residents' photos. Kept in the database with those before; who looks is noted. */
export async function photoRoutes(api: Api, deps: HttpDeps): Promise<void> {
  const { db, clock } = deps
  api.get(
    '/residents/:residentId/photo',
    {
      schema: {
        tags: ['residents'],
        summary: "A resident's photo; with If-None-Match 304 when it is still the same",
        params: ResidentId,
        response: { 200: Type.Unsafe<Buffer>({}), 304: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const photo = await readPhoto(db, residentId)
      const { userId } = currentUser(request)
      await audit(db, { userId, action: 'photo.read', subject: residentId }, clock.now())
      const etag = `"${photo.photoId}"`
      reply.header('cache-control', 'private, no-store').header('etag', etag)
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
      return reply.type(photo.type).header('content-disposition', 'inline').send(photo.image)
    },
  )

  api.delete(
    '/residents/:residentId/photo',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['residents'],
        summary: 'Take the photo out of the file; it stays in the history',
        params: ResidentId,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const { residentId } = request.params
      const by = { userId: currentUser(request).userId, now: clock.now() }
      await changeFile(deps, { userId: by.userId, action: 'photo.remove' }, residentId, (tx) =>
        removePhoto(tx, residentId, by),
      )
      return reply.code(204).send(null)
    },
  )

  // Here alone bodies are pictures; what they are is judged by their bytes, so that a wrong name gets a clear answer.
  const takePictures: FastifyPluginAsync = async (scope) => {
    const pictures = scope.withTypeProvider<TypeBoxTypeProvider>()
    pictures.addContentTypeParser(
      /^image\//,
      { parseAs: 'buffer', bodyLimit: PHOTO_BYTES },
      async (_: unknown, body: unknown) => body,
    )
    pictures.post(
      '/residents/:residentId/photo',
      {
        config: { allow: 'supervisor' },
        bodyLimit: PHOTO_BYTES,
        schema: {
          tags: ['residents'],
          summary: 'Put a photo into the file: JPEG, PNG or WebP, at most 300 KiB; the one before stays in the history',
          consumes: [...PHOTO_TYPES],
          params: ResidentId,
          response: { 201: Taken, 400: Problem, 404: Problem, 413: Problem, 415: Problem },
        },
      },
      async (request, reply) => {
        const { residentId } = request.params
        const { body } = request
        if (!Buffer.isBuffer(body))
          throw wrongField('body', 'send the picture itself, as image/jpeg, image/png or image/webp')
        const by = { userId: currentUser(request).userId, now: clock.now() }
        const declared = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
        const photoId = await changeFile(deps, { userId: by.userId, action: 'photo.add' }, residentId, (tx) =>
          addPhoto(tx, residentId, body, declared, by),
        )
        return reply.code(201).send({ photoId })
      },
    )
  }
  await api.register(takePictures)
}
