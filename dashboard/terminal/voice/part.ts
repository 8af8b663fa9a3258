import type { TerminalWord, WordToTerminal } from '../../../server/contract/voice.ts'
import { RING_MS } from '../../../server/contract/voice-times.ts'
import { listOf, SILENCE, soundOf } from '../../voice/stats.ts'
import type { VoiceHost, VoicePart } from './host.ts'
import { canTalk, hasMicrophone, Line } from './line.ts'
import { decideOffer } from './offer.ts'
import { createScreen, type Phase } from './screen.ts'
import { voiceWordsOf } from './words.ts'

/** The part of the terminal that talks. Loaded with the first call. */

type Offer = Extract<WordToTerminal, { type: 'offer' }>

/** The tone before anybody is heard, s; and how long tone and words take together, ms. */
const TONE_SECONDS = 2
const ANNOUNCED_MS = { plain: 3_500, recorded: 5_500 }
/** How long the end is shown, ms. */
const OVER_MS = 3_000
/** A little longer than the platform lets it ring. */
const RING_PATIENCE_MS = RING_MS + 5_000
const LOOK_MS = 500
/** Calls, and candidates of each, that are kept before their offer. */
const MOST_UNKNOWN = 3
const MOST_CANDIDATES = 60

interface Call {
  offer: Offer
  phase: Exclude<Phase, 'over'>
  line: Line | null
  isAnnounced: boolean
  isThere: boolean
  isSearching: boolean
  isDeskMuted: boolean
  /** The browser does not play the sound. */
  isSilent: boolean
  /** Candidates that came while it rang. */
  early: (RTCIceCandidateInit | null)[]
  timers: ReturnType<typeof setTimeout>[]
}

function createPart(host: VoiceHost): VoicePart {
  let call: Call | null = null
  /** An offer whose answer is being found out. */
  let asked: string | null = null
  let hiding: ReturnType<typeof setTimeout> | undefined
  const words = () => voiceWordsOf(host.language())
  const screen = createScreen(host.place, {
    onTake: () => call !== null && take(call),
    onDecline: () => call !== null && hangUp(call, 'declined'),
    onMute: () => {
      if (call === null || call.line === null) return
      call.line.mute(!call.line.isMuted)
      host.send({ call: call.offer.call, type: 'muted', muted: call.line.isMuted })
      show(call)
    },
    onTurn: (by) => call?.line?.turn(by),
    onHangUp: () => call !== null && hangUp(call, 'resident'),
  })

  function show({ phase, offer, line, isSearching, isDeskMuted, isSilent }: Call): void {
    const { ringing, ringingLine, starting, talking, recorded, muted, deskMuted, searching, silent } = words()
    const isMuted = line?.isMuted === true
    const lines = [
      ...(phase === 'ringing' ? [ringingLine] : []),
      ...(isSilent ? [silent] : []),
      ...(offer.record ? [recorded] : []),
      ...(isSearching ? [searching] : isMuted ? [muted] : isDeskMuted ? [deskMuted] : []),
    ]
    const word = phase === 'ringing' ? ringing : phase === 'starting' ? starting : talking
    screen.show({ phase, word, lines, isMuted }, words())
  }

  async function offered(offer: Offer): Promise<void> {
    if (asked === offer.call) return
    asked = offer.call
    const microphone = canTalk() && (await hasMicrophone())
    // Ended while the browser was asked.
    if (asked !== offer.call) return
    asked = null
    const decision = decideOffer({
      current: call === null ? null : call.offer.call,
      call: offer.call,
      canTalk: canTalk(),
      hasMicrophone: microphone,
      auto: offer.auto,
      mayAnswer: host.mayAnswer(offer.case),
    })
    switch (decision.do) {
      case 'refuse':
        host.send({ call: offer.call, type: 'end', reason: decision.reason })
        return
      case 'renew':
        if (call !== null && call.line !== null) void call.line.renew(offer.sdp).catch(() => undefined)
        else if (call !== null) call.offer = offer
        return
      case 'announce':
        take(begin(offer))
        return
      case 'ring':
        ring(begin(offer))
    }
  }

  function begin(offer: Offer): Call {
    clearTimeout(hiding)
    call = {
      offer,
      phase: 'ringing',
      line: null,
      isAnnounced: false,
      isThere: false,
      isSearching: false,
      isDeskMuted: false,
      isSilent: false,
      early: early(offer.call),
      timers: [],
    }
    host.onActive(true)
    return call
  }

  function ring(ringing: Call): void {
    show(ringing)
    host.ring(RING_MS / 1000)
    host.say(words().sayRing, 2)
    host.send({ call: ringing.offer.call, type: 'ringing' })
    ringing.timers.push(setTimeout(() => over(words().over), RING_PATIENCE_MS))
  }

  /** Screen, tone and words first; the line is made meanwhile, and is opened when both are done. */
  function take(taken: Call): void {
    if (taken.phase !== 'ringing') return
    for (const timer of taken.timers) clearTimeout(timer)
    taken.phase = 'starting'
    host.hush()
    show(taken)
    host.ring(TONE_SECONDS)
    const { record, iceServers, sdp, call: id } = taken.offer
    host.say(record ? words().sayRecorded : words().saySoon, 1)
    const announced = () => {
      taken.isAnnounced = true
      openIfReady(taken)
    }
    taken.timers.push(setTimeout(announced, record ? ANNOUNCED_MS.recorded : ANNOUNCED_MS.plain))
    const line = new Line(id, iceServers, {
      send: host.send,
      onWay: (way) => wayChanged(taken, way),
      onSilent: (silent) => silenced(taken, silent),
    })
    taken.line = line
    for (const candidate of taken.early) void line.candidate(candidate)
    line.answer(sdp).catch(() => hangUp(taken, 'no_microphone'))
  }

  function wayChanged(changed: Call, way: 'there' | 'gone' | 'lost'): void {
    if (changed !== call) return
    if (way === 'lost') {
      host.send({ call: changed.offer.call, type: 'end', reason: 'media' })
      over(words().lost)
      return
    }
    changed.isThere = way === 'there'
    changed.isSearching = way === 'gone'
    show(changed)
    openIfReady(changed)
  }

  /** The desk is told, too: only somebody who can be heard can ask her for a tap. */
  function silenced(of: Call, silent: boolean): void {
    if (of !== call) return
    of.isSilent = silent
    host.send({ call: of.offer.call, type: 'silent', silent })
    show(of)
  }

  function openIfReady(ready: Call): void {
    if (ready !== call || ready.line === null || ready.phase !== 'starting' || !ready.isAnnounced || !ready.isThere)
      return
    ready.phase = 'talking'
    host.hush()
    ready.line.open()
    host.send({ call: ready.offer.call, type: 'connected', notice: ready.offer.record })
    show(ready)
    listen(ready)
  }

  /** Shows how loud it is. */
  function listen(talking: Call): void {
    let sound = SILENCE
    const look = () => {
      if (talking !== call || talking.line === null) return
      void talking.line.stats().then((report) => {
        sound = soundOf(listOf(report), sound)
        screen.level(sound.heard)
        talking.timers.push(setTimeout(look, LOOK_MS))
      })
    }
    look()
  }

  function hangUp(ended: Call, reason: Extract<TerminalWord, { type: 'end' }>['reason']): void {
    if (ended !== call) return
    host.send({ call: ended.offer.call, type: 'end', reason })
    over(words().over)
  }

  function over(word: string): void {
    if (call === null) return
    for (const timer of call.timers) clearTimeout(timer)
    if (call.line !== null) call.line.close()
    call = null
    host.hush()
    screen.show({ phase: 'over', word, lines: [], isMuted: false }, words())
    hiding = setTimeout(() => {
      screen.hide()
      host.onActive(false)
    }, OVER_MS)
  }

  const candidates = new Map<string, (RTCIceCandidateInit | null)[]>()
  /** Candidates may come before the offer, or while the browser is asked for the microphone. */
  function early(id: string): (RTCIceCandidateInit | null)[] {
    const found = candidates.get(id) || []
    candidates.clear()
    return found
  }

  function candidate(word: Extract<WordToTerminal, { type: 'ice' }>): void {
    const init = word.candidate as RTCIceCandidateInit | null
    if (call !== null && call.offer.call === word.call) {
      if (call.line === null) call.early.push(init)
      else void call.line.candidate(init)
    } else {
      if (candidates.size > MOST_UNKNOWN) candidates.clear()
      candidates.set(word.call, [...(candidates.get(word.call) || []), init].slice(-MOST_CANDIDATES))
    }
  }

  return {
    heard(payload) {
      const word = parse(payload)
      if (word === null) return
      const isMine = call !== null && call.offer.call === word.call
      switch (word.type) {
        case 'offer':
          void offered(word)
          return
        case 'ice':
          candidate(word)
          return
        case 'muted':
          if (call === null || !isMine) return
          call.isDeskMuted = word.muted
          show(call)
          return
        case 'end':
          if (asked === word.call) asked = null
          if (isMine) over(words().over)
      }
    },
  }
}

/** The platform's own words; anything else is nothing. */
function parse(payload: string): WordToTerminal | null {
  try {
    const word: unknown = JSON.parse(payload)
    if (typeof word !== 'object' || word === null) return null
    const { call, type } = word as { call?: unknown; type?: unknown }
    return typeof call === 'string' && typeof type === 'string' ? (word as WordToTerminal) : null
  } catch {
    return null
  }
}

window.anhuVoice = createPart
