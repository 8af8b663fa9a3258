import type { FastifyInstance } from 'fastify'
import { audit, auditOnce } from '../org/audit.ts'
import { answered, auditOf } from './audited-routes.ts'
import type { HttpDeps } from './deps.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The answer before it became text. */
    answer: unknown
  }
}

/**
 * Carries the table of audited routes out for the whole API. An answer leaves when its entry is written: what can't be
 * noted is not shown.
 */
export function registerAudit(api: FastifyInstance, { db, clock }: Pick<HttpDeps, 'db' | 'clock'>): void {
  api.decorateRequest('answer', null)
  api.addHook('preSerialization', async (request, _reply, payload) => {
    request.answer = payload
    return payload
  })
  api.addHook('onSend', async (request, reply, payload) => {
    const rule = auditOf(request.method, request.routeOptions.url ?? '')
    if (rule?.kind !== 'noted' || reply.statusCode >= 400) return payload
    const about = answered(request, request.answer)
    const userId = request.session?.user.userId ?? null
    const now = clock.now()
    for (const { action, subject, detail } of rule.notes) {
      const of = subject?.(about) ?? null
      // A case without a resident holds nobody's file.
      if (subject !== undefined && of === null) continue
      const entry = { userId, action, subject: of, detail: detail?.(about) ?? {} }
      if (rule.onceMs === null) await audit(db, entry, now)
      else await auditOnce(db, entry, now, rule.onceMs)
    }
    return payload
  })
}
