import { ApiError } from '../../api/client.ts'
import { finishRecording, storePart } from '../../api/voice-queries.ts'

/** How a recording is doing: `waiting` parts are not stored yet. */
export type RecordingState =
  | { state: 'recording' | 'storing'; waiting: number }
  | { state: 'stored' }
  | { state: 'failed'; code: string }

const PART_MS = 5_000
const BITS_PER_SECOND = 32_000
const RETRY_MS = { first: 1_000, most: 30_000 }
/** Types that the platform keeps, the best first. */
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Records both directions of a call as one sound, and stores it part by part while it lasts. A part that could not be
 * stored is sent again until it is.
 */
export class Recorder {
  readonly #callId: string
  readonly #onState: (state: RecordingState) => void
  readonly #context = new AudioContext()
  readonly #recorder: MediaRecorder
  readonly #parts: Blob[] = []
  #stored = 0
  #isOver = false
  #storing: Promise<void> | null = null
  #hasFailed = false

  constructor(callId: string, streams: readonly MediaStream[], onState: (state: RecordingState) => void) {
    this.#callId = callId
    this.#onState = onState
    const mixed = this.#context.createMediaStreamDestination()
    for (const stream of streams) this.#context.createMediaStreamSource(stream).connect(mixed)
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? ''
    this.#recorder = new MediaRecorder(mixed.stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND })
    this.#recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) this.#parts.push(data)
      this.#store()
    }
    this.#recorder.onstop = () => {
      this.#isOver = true
      void this.#context.close()
      this.#store()
    }
    this.#recorder.start(PART_MS)
    this.#tell()
  }

  stop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop()
  }

  #tell(): void {
    const waiting = this.#parts.length - this.#stored
    this.#onState({ state: this.#isOver ? 'storing' : 'recording', waiting })
  }

  #store(): void {
    if (this.#hasFailed) return
    this.#tell()
    this.#storing ??= this.#storeAll()
      .catch((error: unknown) => {
        this.#hasFailed = true
        const code = error instanceof ApiError ? (error.problem?.code ?? 'unknown') : 'unknown'
        this.#onState({ state: 'failed', code })
      })
      .finally(() => {
        this.#storing = null
      })
  }

  async #storeAll(): Promise<void> {
    for (;;) {
      const part = this.#parts[this.#stored]
      if (part === undefined) break
      const bytes = new Uint8Array(await part.arrayBuffer())
      const type = this.#recorder.mimeType.split(';')[0] ?? 'audio/webm'
      await untilDone(() => storePart(this.#callId, this.#stored, bytes, type))
      this.#stored += 1
      this.#tell()
    }
    if (!this.#isOver || this.#parts.length === 0) return
    const whole = await new Blob(this.#parts).arrayBuffer()
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
    const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
    await untilDone(() => finishRecording(this.#callId, this.#parts.length, sha256))
    this.#onState({ state: 'stored' })
  }
}

/** Tries until the server has taken it; what it refuses for good is thrown. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let waitMs = RETRY_MS.first; ; waitMs = Math.min(RETRY_MS.most, waitMs * 2)) {
    try {
      await work()
      return
    } catch (error) {
      const isForGood = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429
      if (isForGood || !(error instanceof ApiError)) throw error
    }
    await sleep(waitMs)
  }
}
