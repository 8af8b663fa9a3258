import Type from 'typebox'
import type { Api, HttpDeps, ReadinessCheck } from '../deps.ts'

const CHECK_MS = 2_000
const Check = Type.Object({ ok: Type.Boolean() }, { additionalProperties: true })

/** For load balancers, people and Prometheus; no session, no personal data. */
export async function healthRoutes(app: Api, { readiness, registry }: HttpDeps): Promise<void> {
  app.get('/healthz', { schema: { tags: ['health'], summary: 'The process lives' } }, async () => ({ ok: true }))

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        summary: 'What this node depends on, by name; 503 when something that alarms need is missing',
        response: { '2xx': Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const entries = await Promise.all(
        Object.entries(readiness).map(async ([name, check]) => [name, await ask(check)] as const),
      )
      const ok = entries.every(([, result]) => result.ok)
      return reply.code(ok ? 200 : 503).send({ ok, checks: Object.fromEntries(entries) })
    },
  )

  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

const Readiness = Type.Object({ ok: Type.Boolean(), checks: Type.Record(Type.String(), Check) })

async function ask(check: ReadinessCheck): Promise<{ ok: boolean; [key: string]: unknown }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS)
  })
  try {
    return { ok: true, ...(await Promise.race([check(), late])) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'unknown' }
  } finally {
    clearTimeout(timer)
  }
}
