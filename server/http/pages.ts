import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { notFound } from './errors.ts'

/** Serves the built pages. The console's own addresses (`/admin`, …) all answer with its one page. */
export async function registerPages(app: FastifyInstance, dir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: dir,
    wildcard: false,
    // Its own header would take the place of ours.
    cacheControl: false,
    // Built names carry a hash of their content; the page itself must never be an old one.
    setHeaders: (reply, path) => {
      void reply.setHeader(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      // Its page is `/terminal`, above the folder that the script lies in (Service Workers, W3C: the Allowed header).
      if (path.endsWith('/terminal/sw.js')) void reply.setHeader('service-worker-allowed', '/terminal')
    },
  })
  app.get('/terminal', { schema: { hide: true } }, (_request, reply) => reply.sendFile('terminal/index.html'))
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    if (request.url.startsWith('/api/') || !request.headers.accept?.includes('text/html'))
      return notFound(request, reply)
    return reply.sendFile('index.html')
  })
}
