import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, ERROR_CODES, type ErrorCode, type Problem } from '../contract/errors.ts'
import { isRefusal, sqlState } from '../store/sql-errors.ts'

/** All errors leave here, as RFC 9457 problems. Details never repeat what the caller sent. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error)
    if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed')
    return send(reply, problem)
  })
  app.setNotFoundHandler((request, reply) => notFound(request, reply))
}

/** Answers that there is nothing at this address. */
export function notFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return send(reply, make('not_found', 'There is nothing at this address. GET /api/docs lists what there is.'))
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(problem)
}

function make(code: ErrorCode, detail: string, extra: Partial<Problem> = {}): Problem {
  const status = ERROR_CODES[code]
  return { type: `urn:anhu:error:${code}`, title: STATUS_CODES[status] ?? 'Error', status, code, detail, ...extra }
}

function toProblem(error: FastifyError): Problem {
  if (error instanceof DomainError) return make(error.code, error.message, error.extra)
  if (error.validation) {
    const errors = error.validation.map((one) => ({
      field: fieldOf(one.instancePath, one.params),
      message: messageOf(one.message, one.params),
    }))
    return make('invalid_request', 'Some fields are not right; see errors.', { errors })
  }
  switch (error.statusCode) {
    case 400:
      return make('invalid_request', 'The request could not be read: is the body valid JSON?')
    case 413:
      return make('payload_too_large', 'The request body is too large.')
    case 415:
      return make('unsupported_media_type', 'Send application/json.')
    case 429:
      return make('too_many_requests', 'Too many requests. Wait a minute, then try again.')
  }
  if (isRefusal(error)) return make('invalid_request', 'The database refused a value of this request.')
  if (sqlState(error) !== undefined) {
    return make('store_unavailable', 'The database does not answer. Alarms are kept and will be stored; try again.')
  }
  return make('internal', 'Something went wrong here. It has been logged.')
}

function messageOf(message = 'is not valid', params: Record<string, unknown>): string {
  if (params.requiredProperties !== undefined) return 'is missing'
  return Array.isArray(params.allowedValues) ? `must be one of ${params.allowedValues.join(', ')}` : message
}

function fieldOf(path: string, params: Record<string, unknown>): string {
  const missing = params.requiredProperties ?? params.missingProperty
  const inner = path.replace(/^\//, '').replaceAll('/', '.')
  if (missing === undefined) return inner || 'body'
  return [inner, Array.isArray(missing) ? missing.join(', ') : String(missing)].filter(Boolean).join('.')
}
