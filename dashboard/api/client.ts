import type { Problem } from '../../server/contract/errors.ts'

export const BASE = '/api/v1'
/** Long enough for a slow line, short enough that an operator isn't left wondering. */
const TIMEOUT_MS = 8000
/** An import makes and hashes a secret for each of its rows. */
const UPLOAD_TIMEOUT_MS = 300_000

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

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
 * @param timeoutMs for what takes the server longer than a look
 * @throws ApiError with the server's problem, or status 0 when there was no answer
 */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  return answerOf(await send(method, path, headers, body === undefined ? null : JSON.stringify(body), timeoutMs))
}

/** Sends a file as it is. @throws ApiError, as `request` */
export async function upload<T>(path: string, bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<T> {
  return answerOf(await send('POST', path, { 'content-type': contentType }, bytes, UPLOAD_TIMEOUT_MS))
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (response.status === 204 ? undefined : await readJson(response)) as T
  const problem = await readProblem(response)
  throw new ApiError(response.status, problem, problem?.detail ?? `HTTP ${response.status}`)
}

async function send(
  method: Method,
  path: string,
  headers: Record<string, string>,
  body: BodyInit | null,
  timeoutMs: number,
): Promise<Response> {
  try {
    return await fetch(BASE + path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
      headers,
      body,
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
