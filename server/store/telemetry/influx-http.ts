import http from 'node:http'
import https from 'node:https'

export interface HttpAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  /** At most 64 KiB. */
  text: string
}

export interface HttpRequest {
  method: 'GET' | 'POST'
  /** With the query, after the base URL's own path. */
  path: string
  headers?: Record<string, string>
  body?: string
  timeoutMs: number
}

const MAX_TEXT = 65_536

/**
 * Plain HTTP with kept-alive connections for line protocol. The `influx` library's own requests are not used for
 * writing: they retry, put a failing host aside by themselves, and never settle when an answer breaks off.
 */
export class InfluxHttp {
  readonly #base: URL
  readonly #auth: string | undefined
  #agent: http.Agent | undefined

  constructor(base: URL, credentials?: { username: string; password: string }) {
    this.#base = base
    this.#auth = credentials && `${credentials.username}:${credentials.password}`
  }

  /** Resolves with any answer, whatever its status; rejects when there was none in time. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#once(request)
    } catch (error) {
      // The server closed the idle connection just as it was used again: not a failure (Node, request.reusedSocket).
      if (error instanceof StaleConnection) return this.#once(request)
      throw error
    }
  }

  /** Closes the kept connections. */
  close(): void {
    this.#agent?.destroy()
    this.#agent = undefined
  }

  #once({ method, path, headers, body = '', timeoutMs }: HttpRequest): Promise<HttpAnswer> {
    const secure = this.#base.protocol === 'https:'
    const { Agent, request } = secure ? https : http
    this.#agent ??= new Agent({ keepAlive: true, maxSockets: 4 })
    const agent = this.#agent
    const target = new URL(this.#base.pathname.replace(/\/$/, '') + path, this.#base)
    return new Promise((resolve, reject) => {
      const outgoing = request(target, {
        agent,
        method,
        ...(this.#auth === undefined ? {} : { auth: this.#auth }),
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      })
      const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      const fail = (error: Error) => {
        clearTimeout(timer)
        const stale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
        reject(stale ? new StaleConnection() : error)
      }
      outgoing.on('error', fail)
      outgoing.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          if (text.length < MAX_TEXT) text += chunk
        })
        response.on('error', (error) => {
          clearTimeout(timer)
          reject(error)
        })
        response.on('end', () => {
          clearTimeout(timer)
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      outgoing.end(body)
    })
  }
}

class StaleConnection extends Error {}
