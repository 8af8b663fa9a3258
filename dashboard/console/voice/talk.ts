import type { WordToDesk } from '../../../server/contract/voice.ts'
import { ALIVE_MS } from '../../../server/contract/voice-times.ts'
import { ApiError } from '../../api/client.ts'
import { listenToCall, sayOfCall } from '../../api/voice-line.ts'
import { endCall, startCall } from '../../api/voice-queries.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { listOf, SILENCE, soundOf } from '../../voice/stats.ts'
import { Recorder } from './recorder.ts'
import { IDLE, isAtStake, isInCall, type Problem, type Talk, talkState } from './talk-state.ts'

/** The desk's side of a call: it offers, looks for another way when the sound breaks off, and records. */

/** Without a way for so long it is given up; a short gap mends itself; ms. */
const LOST_MS = 25_000
const GAP_MS = 2_500
const LOOK_MS = 400

interface Running {
  callId: string
  connection: RTCPeerConnection
  microphone: MediaStream
  sound: HTMLAudioElement
  recorder: Recorder | null
  /** Candidates that came before the answer. */
  early: RTCIceCandidateInit[]
  timers: ReturnType<typeof setInterval>[]
  gone: ReturnType<typeof setTimeout> | undefined
  lost: ReturnType<typeof setTimeout> | undefined
  stopListening(): void
}

let running: Running | null = null
/** Counts the calls, so that one which was given up while it was being prepared does not begin after all. */
let attempts = 0
const change = (part: Partial<Talk>) => talkState.set({ ...talkState.get(), ...part })

/** Calls a terminal. Everything that becomes of it is in `talkState`. */
export async function call(caseId: string, deviceId: string, who: string): Promise<void> {
  if (isInCall(talkState.get())) return
  attempts += 1
  const attempt = attempts
  const { recording, volume } = talkState.get()
  // A recording that is still being stored goes on.
  talkState.set({
    ...IDLE,
    phase: 'starting',
    caseId,
    who,
    volume,
    recording: isAtStake(talkState.get()) ? recording : null,
  })
  if (navigator.mediaDevices === undefined || typeof RTCPeerConnection === 'undefined') return fail('own_browser')
  let microphone: MediaStream
  try {
    microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
  } catch {
    // Refused or absent: the operator is told in words.
    return attempt === attempts ? fail('own_microphone') : undefined
  }
  const letGo = () => {
    for (const track of microphone.getTracks()) track.stop()
  }
  if (attempt !== attempts) return letGo()
  try {
    const { call: started, iceServers } = await startCall(caseId, deviceId)
    if (attempt === attempts) return await offer(started.callId, microphone, iceServers)
    letGo()
    await endCall(started.callId)
  } catch (error) {
    if (running?.microphone === microphone) {
      // It had begun already, and this browser could not go on.
      leave(running.callId)
      over({ reason: 'lost' })
      return
    }
    letGo()
    if (attempt === attempts) fail(problemOf(error))
  }
}

function fail(problem: Problem): void {
  change({ phase: 'over', problem })
}

const PROBLEMS: readonly string[] = [
  'no_terminal',
  'terminal_offline',
  'call_open',
  'drill_case',
  'not_owner',
  'wrong_state',
] satisfies Problem[]

function problemOf(error: unknown): Problem {
  const code = error instanceof ApiError ? error.problem?.code : undefined
  return PROBLEMS.find((problem): problem is Problem => problem === code) ?? 'unreachable'
}

async function offer(callId: string, microphone: MediaStream, iceServers: RTCIceServer[]): Promise<void> {
  const connection = new RTCPeerConnection({ iceServers })
  const sound = new Audio()
  sound.autoplay = true
  sound.volume = talkState.get().volume
  const stopListening = listenToCall(
    (word) => {
      if (word.call === callId) void heard(word)
    },
    () => void sayOfCall({ call: callId, type: 'alive' }),
  )
  running = {
    callId,
    connection,
    microphone,
    sound,
    recorder: null,
    early: [],
    timers: [],
    gone: undefined,
    lost: undefined,
    stopListening,
  }
  for (const track of microphone.getAudioTracks()) connection.addTrack(track, microphone)
  connection.ontrack = ({ streams, track }) => {
    sound.srcObject = streams[0] ?? new MediaStream([track])
  }
  connection.onicecandidate = ({ candidate }) => {
    if (candidate === null) return
    const { candidate: text, sdpMid, sdpMLineIndex } = candidate
    void sayOfCall({ call: callId, type: 'ice', candidate: { candidate: text, sdpMid, sdpMLineIndex } })
  }
  connection.oniceconnectionstatechange = wayChanged
  running.timers.push(setInterval(() => void sayOfCall({ call: callId, type: 'alive' }), ALIVE_MS))
  change({ phase: 'ringing' })
  await describe(connection, callId, false)
}

async function describe(connection: RTCPeerConnection, callId: string, iceRestart: boolean): Promise<void> {
  const description = await connection.createOffer({ iceRestart })
  await connection.setLocalDescription(description)
  const answer = await sayOfCall({ call: callId, type: 'offer', sdp: description.sdp ?? '' })
  if (answer.ok || answer.code === 'over') return
  leave(callId)
  over({ reason: 'lost' })
}

async function heard(word: WordToDesk): Promise<void> {
  if (running?.callId !== word.call) return
  const { connection, early } = running
  switch (word.type) {
    case 'answer':
      // The same answer again has nothing to change.
      if (connection.signalingState !== 'have-local-offer') return
      await connection.setRemoteDescription({ type: 'answer', sdp: word.sdp })
      for (const candidate of early.splice(0)) await addCandidate(connection, candidate)
      // The old way may have come back meanwhile, of which nothing would tell any more.
      if (isThere(connection)) wayChanged()
      return
    case 'ice': {
      const candidate = word.candidate as RTCIceCandidateInit | null
      if (candidate === null) return
      if (connection.remoteDescription === null) early.push(candidate)
      else await addCandidate(connection, candidate)
      return
    }
    case 'ringing':
      change({ isRinging: true })
      return
    case 'muted':
      change({ isHerMuted: word.muted })
      return
    case 'silent':
      change({ isHerSilent: word.silent })
      return
    case 'connected':
      talking(word.notice)
      return
    case 'end':
      over({ reason: word.reason })
  }
}

/** A candidate of an older offer fits nothing any more, which is no fault. */
const addCandidate = (connection: RTCPeerConnection, candidate: RTCIceCandidateInit) =>
  connection.addIceCandidate(candidate).catch(() => undefined)

function talking(isNoticeGiven: boolean): void {
  if (running === null || talkState.get().phase === 'talking') return
  const { callId, microphone, sound, connection } = running
  change({ phase: 'talking', since: serverNow() })
  play(sound)
  running.timers.push(
    setInterval(() => {
      void connection.getStats().then((report) => {
        if (running?.callId === callId) change({ sound: soundOf(listOf(report), talkState.get().sound) })
      })
    }, LOOK_MS),
  )
  const remote = sound.srcObject
  if (!isNoticeGiven || !(remote instanceof MediaStream)) return
  try {
    running.recorder = new Recorder(callId, [microphone, remote], (recording) => change({ recording }))
  } catch {
    // Talking goes on; that nothing is kept of it is told.
    change({ recording: { state: 'failed', code: 'unknown' } })
  }
}

/** A browser may refuse to play what nobody has asked for by a press; then the operator has to know that she hears nothing. */
function play(sound: HTMLAudioElement): void {
  const told = (isSilent: boolean) => {
    if (running?.sound === sound) change({ isSilent })
  }
  sound.play().then(
    () => told(false),
    // Another source was put in: that one is played instead.
    (error: unknown) => told(!(error instanceof DOMException && error.name === 'AbortError')),
  )
}

/** Plays the sound after all: to be called in a press. */
export function playAgain(): void {
  if (running !== null) play(running.sound)
}

const isThere = ({ iceConnectionState: state }: RTCPeerConnection): boolean =>
  state === 'connected' || state === 'completed'

/** The way of the sound: a short gap mends itself, else another one is looked for, until it is given up. */
function wayChanged(): void {
  if (running === null) return
  const { connection, callId } = running
  const state = connection.iceConnectionState
  if (isThere(connection)) {
    clearTimeout(running.gone)
    clearTimeout(running.lost)
    running.lost = undefined
    change({ isSearching: false })
  } else if (state === 'disconnected' || state === 'failed') {
    change({ isSearching: true })
    clearTimeout(running.gone)
    running.gone = setTimeout(() => void describe(connection, callId, true), state === 'failed' ? 0 : GAP_MS)
    running.lost ??= setTimeout(() => {
      void sayOfCall({ call: callId, type: 'end', reason: 'media' })
      over({ reason: 'media' })
    }, LOST_MS)
  }
}

/** Tells by the other way that the call is over; without any way its time limit does. */
function leave(callId: string): void {
  endCall(callId).catch(() => undefined)
}

export function hangUp(): void {
  if (running === null) {
    attempts += 1
    if (talkState.get().phase === 'starting') change({ phase: 'idle' })
    return
  }
  void sayOfCall({ call: running.callId, type: 'end', reason: 'operator' })
  over({ reason: 'operator' })
}

export function mute(isMuted: boolean): void {
  if (running === null) return
  for (const track of running.microphone.getAudioTracks()) track.enabled = !isMuted
  void sayOfCall({ call: running.callId, type: 'muted', muted: isMuted })
  change({ isMuted })
}

/** @param volume 0 to 1 */
export function setVolume(volume: number): void {
  if (running !== null) running.sound.volume = volume
  change({ volume })
}

function over({ reason }: Pick<Talk, 'reason'>): void {
  const ended = running
  running = null
  if (ended === null) return
  ended.stopListening()
  for (const timer of ended.timers) clearInterval(timer)
  clearTimeout(ended.gone)
  clearTimeout(ended.lost)
  ended.recorder?.stop()
  ended.connection.oniceconnectionstatechange = null
  ended.connection.onicecandidate = null
  ended.connection.close()
  for (const track of ended.microphone.getTracks()) track.stop()
  ended.sound.srcObject = null
  change({
    phase: 'over',
    reason,
    isSearching: false,
    isMuted: false,
    isHerMuted: false,
    isSilent: false,
    isHerSilent: false,
    sound: SILENCE,
  })
}

window.addEventListener('beforeunload', (event) => {
  if (isAtStake(talkState.get())) event.preventDefault()
})
window.addEventListener('pagehide', () => {
  if (running !== null) leave(running.callId)
})
