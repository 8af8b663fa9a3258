import { Counter, type Registry } from 'prom-client'
import { Compile } from 'typebox/compile'
import type { VoicePort } from '../contract/ports.ts'
import { DeskWord, TerminalWord, type VoiceAnswer } from '../contract/voice.ts'
import { endDueCalls } from './calls.ts'
import type { VoiceDeps } from './deps.ts'
import { type Heard, heardFromDesk, heardFromTerminal } from './heard.ts'
import { createOrder } from './order.ts'
import { createRate } from './rate.ts'
import { expireRecordings } from './recordings.ts'
import { createRelay } from './relay.ts'

export interface Voice extends VoicePort {
  /** A desk has said something about its call. Never rejects. */
  heardDesk(word: unknown, by: { userId: string; deskId: string }): Promise<VoiceAnswer>
  /** Words wait, or somebody can be reached from now on. */
  wake(): void
  jobs: { name: string; everyMs: number; run: () => Promise<unknown> }[]
  stop(): Promise<void>
}

/** Longer is no word of ours, bytes. */
const MAX_BYTES = 14_000
const deskWord = Compile(DeskWord)
const terminalWord = Compile(TerminalWord)

/** Calls to home terminals: carries words between desks and terminals, and ends calls whose time is over. */
export function createVoice(deps: VoiceDeps & { registry: Registry }): Voice {
  const { db, clock, log, committed } = deps
  const relay = createRelay(deps)
  const mayTalk = createRate()
  const inOrder = createOrder()
  const refusals = new Counter({
    name: 'anhu_voice_refused_total',
    help: 'Words about calls that were not passed on, by side and reason',
    labelNames: ['side', 'reason'],
    registers: [deps.registry],
  })

  /** Counted, committed, passed on. */
  function done({ answer, events }: Heard, side: 'desk' | 'terminal'): VoiceAnswer {
    if (!answer.ok) refusals.inc({ side, reason: answer.code })
    committed(events)
    relay.wake()
    return answer
  }

  function refuse(side: 'desk' | 'terminal', code: Exclude<VoiceAnswer, { ok: true }>['code']): VoiceAnswer {
    refusals.inc({ side, reason: code })
    return { ok: false, code }
  }

  return {
    wake: relay.wake,
    heard: (deviceId, payload) => {
      const word = payload.length > MAX_BYTES ? null : parse(payload)
      if (!terminalWord.Check(word)) {
        refuse('terminal', 'invalid')
        return
      }
      if (!mayTalk(`terminal ${deviceId}`, performance.now())) {
        refuse('terminal', 'too_many')
        return
      }
      inOrder(`terminal ${deviceId}`, () => heardFromTerminal(db, word, deviceId, clock.now())).then(
        (heard) => done(heard, 'terminal'),
        (error: unknown) => log.warn({ err: error, deviceId }, 'a word of a terminal about its call was lost'),
      )
    },
    heardDesk: async (word, by) => {
      if (!deskWord.Check(word)) return refuse('desk', 'invalid')
      if (!mayTalk(`desk ${by.deskId}`, performance.now())) return refuse('desk', 'too_many')
      try {
        return done(await inOrder(`desk ${by.deskId}`, () => heardFromDesk(db, word, by, clock.now())), 'desk')
      } catch (error) {
        log.warn({ err: error, userId: by.userId }, 'a word of a desk about its call was lost')
        return refuse('desk', 'unavailable')
      }
    },
    jobs: [
      // Another node's words are found here; this one's are passed on at once.
      { name: 'voice', everyMs: 250, run: () => relay.deliverDue() },
      {
        name: 'calls',
        everyMs: 1_000,
        run: async () => {
          await endDueCalls(db, clock.now(), (events) => done({ answer: { ok: true }, events }, 'desk'))
          await relay.dropOld()
        },
      },
      { name: 'recordings', everyMs: 3_600_000, run: () => expireRecordings(db, clock.now()) },
    ],
    stop: relay.stop,
  }
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    // Counted as invalid, like whatever else is no word.
    return null
  }
}
