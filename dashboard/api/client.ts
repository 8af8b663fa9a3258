import type { Problem } from '../../server/contract/errors.ts'

export const BASE = '/api/v1'
/** Long enough for a slow line, short enough that an operator isn't left wondering. */
const TIMEOUT_MS = 8000

/** A request that failed: the server's problem, or no answer at all. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null
  constructor(status: number, problem: Problem | null, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }
  /** The server was not reached or did not answer in time. */
  get unreachable(): boolean {
    return this.status === 0
  }
}

/** Whether an error has this problem code. */
export function hasCode(error: unknown, ...codes: Problem['code'][]): boolean {
  return error instanceof ApiError && error.problem !== null && codes.includes(error.problem.code)
}

/**
 * One request to the API, same origin, session cookie.
 * @throws ApiError with the server's problem, or status 0 when there was no answer
 */
export async function request<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body)
  if (response.ok) return (response.status === 204 ? undefined : await readJson(response)) as T
  const problem = await readProblem(response)
  throw new ApiError(response.status, problem, problem?.detail ?? `HTTP ${response.status}`)
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(BASE + path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new ApiError(0, null, cause instanceof Error ? cause.message : String(cause))
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

async function readProblem(response: Response): Promise<Problem | null> {
  if (!response.headers.get('content-type')?.includes('json')) return null
  return (await response.json()) as Problem
}
