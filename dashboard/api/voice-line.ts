import type { Socket } from 'socket.io-client'
import type { ClientToServerEvents, ServerToClientEvents } from '../../server/contract/push.ts'
import type { DeskWord, VoiceAnswer, WordToDesk } from '../../server/contract/voice.ts'

/** What a desk and the platform say about a call, on the console's one socket. */

type DeskSocket = Socket<ServerToClientEvents, ClientToServerEvents>

/** Without an answer for so long it is said again, ms; so often. */
const ANSWER_MS = 4_000
const TRIES = 4

let line: DeskSocket | null = null
let said: Promise<unknown> = Promise.resolve()
const listeners = new Set<(word: WordToDesk) => void>()
const returns = new Set<() => void>()

/** Gives the words of this socket to whoever listens; called once for each socket. */
export function bindVoiceLine(socket: DeskSocket): void {
  line = socket
  socket.on('voice', (word, acknowledge) => {
    for (const listener of listeners) listener(word)
    acknowledge()
  })
  socket.on('hello', () => {
    for (const returned of returns) returned()
  })
}

/** @param onReturn the line was gone and is there again */
export function listenToCall(listener: (word: WordToDesk) => void, onReturn: () => void): () => void {
  listeners.add(listener)
  returns.add(onReturn)
  return () => {
    listeners.delete(listener)
    returns.delete(onReturn)
  }
}

/** Says something about the own call, after what was said before. Never rejects. */
export function sayOfCall(word: DeskWord): Promise<VoiceAnswer> {
  const answer = said.then(() => trySaying(word))
  said = answer
  return answer
}

async function trySaying(word: DeskWord): Promise<VoiceAnswer> {
  for (let tried = 0; tried < TRIES; tried++) {
    const answer = await sayOnce(word)
    if (answer.ok || answer.code !== 'unavailable') return answer
  }
  return { ok: false, code: 'unavailable' }
}

function sayOnce(word: DeskWord): Promise<VoiceAnswer> {
  return new Promise((resolve) => {
    if (line === null) {
      resolve({ ok: false, code: 'unavailable' })
      return
    }
    line.timeout(ANSWER_MS).emit('voice', word, (error: Error | null, answer: VoiceAnswer) => {
      resolve(error === null ? answer : { ok: false, code: 'unavailable' })
    })
  })
}
