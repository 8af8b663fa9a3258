import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { notFound } from './errors.ts'

/** Serves the built console. Its own addresses (`/admin`, …) all answer with the one page. */
export async function registerPages(app: FastifyInstance, dir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: dir,
    wildcard: false,
    // Built names carry a hash of their content; the page itself must never be an old one.
    setHeaders: (reply, path) => {
      void reply.setHeader(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    if (request.url.startsWith('/api/') || !request.headers.accept?.includes('text/html'))
      return notFound(request, reply)
    return reply.sendFile('index.html')
  })
}
