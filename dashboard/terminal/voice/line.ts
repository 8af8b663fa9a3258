import type { IceServer, TerminalWord } from '../../../server/contract/voice.ts'

/** The sound itself: one RTCPeerConnection that answers. Nothing is heard either way before `open`. */

export interface LineEvents {
  send(word: TerminalWord): void
  /** The way is there, is gone for a while, or for good. */
  onWay(way: 'there' | 'gone' | 'lost'): void
  /** The browser does not play the sound, or does so after all. */
  onSilent(silent: boolean): void
}

/** Without a way for so long there will be none, ms. The desk tries anew meanwhile. */
const LOST_MS = 25_000

export const canTalk = (): boolean =>
  typeof RTCPeerConnection !== 'undefined' &&
  'addTrack' in RTCPeerConnection.prototype &&
  navigator.mediaDevices !== undefined

/** Whether the microphone may be used without asking: a question that nobody answers would hang on the screen. */
export async function hasMicrophone(): Promise<boolean> {
  try {
    const name = 'microphone' as PermissionName
    return (await navigator.permissions.query({ name })).state === 'granted'
  } catch {
    // Browsers that can't be asked (old Safari, Firefox) answer by giving it or not.
    return 'mediaDevices' in navigator
  }
}

export class Line {
  readonly call: string
  readonly #events: LineEvents
  readonly #connection: RTCPeerConnection
  readonly #sound: HTMLAudioElement
  /** Candidates that came before the offer was taken. */
  #early: (RTCIceCandidateInit | null)[] | null = []
  #microphone: MediaStream | null = null
  #lost: ReturnType<typeof setTimeout> | undefined
  #isOpen = false
  #isMuted = false
  #isSilent = false

  constructor(call: string, iceServers: IceServer[], events: LineEvents) {
    this.call = call
    this.#events = events
    this.#connection = new RTCPeerConnection({ iceServers })
    this.#sound = document.createElement('audio')
    this.#sound.autoplay = true
    this.#sound.muted = true
    this.#connection.onicecandidate = ({ candidate }) => {
      events.send({ call, type: 'ice', candidate: candidate === null ? null : plain(candidate) })
    }
    this.#connection.ontrack = ({ streams, track }) => {
      this.#sound.srcObject = streams[0] ?? new MediaStream([track])
    }
    this.#connection.oniceconnectionstatechange = () => this.#wayChanged()
  }

  /** Takes the microphone and answers. Rejects when there is none. */
  async answer(sdp: string): Promise<void> {
    this.#microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
    for (const track of this.#microphone.getAudioTracks()) {
      track.enabled = false
      this.#connection.addTrack(track, this.#microphone)
    }
    this.#watch()
    await this.renew(sdp)
  }

  /** Another offer for the same call. */
  async renew(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'offer', sdp })
    const answer = await this.#connection.createAnswer()
    await this.#connection.setLocalDescription(answer)
    this.#events.send({ call: this.call, type: 'answer', sdp: answer.sdp ?? '' })
    const early = this.#early ?? []
    this.#early = null
    for (const candidate of early) await this.candidate(candidate)
  }

  async candidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.#early !== null) this.#early.push(candidate)
    // The end of candidates needs no word of ours; some browsers refuse null.
    else if (candidate !== null) await this.#connection.addIceCandidate(candidate).catch(() => undefined)
  }

  /** From now on both hear each other. */
  open(): void {
    this.#isOpen = true
    this.#sound.muted = false
    this.#play()
    this.mute(this.#isMuted)
  }

  /** A browser may refuse to play what nobody has asked for by a tap: then the next tap, wherever it is, asks. */
  readonly #play = (): void => {
    this.#sound.play().then(
      () => this.#heard(false),
      // Another source was put in: that one is played instead.
      (error: unknown) => this.#heard(!(error instanceof DOMException && error.name === 'AbortError')),
    )
  }

  #heard(isSilent: boolean): void {
    document.removeEventListener('pointerup', this.#play)
    if (!this.#isOpen) return
    if (isSilent) document.addEventListener('pointerup', this.#play)
    if (this.#isSilent !== isSilent) this.#events.onSilent(isSilent)
    this.#isSilent = isSilent
  }

  mute(isMuted: boolean): void {
    this.#isMuted = isMuted
    const tracks = this.#microphone === null ? [] : this.#microphone.getAudioTracks()
    for (const track of tracks) track.enabled = this.#isOpen && !isMuted
  }

  get isMuted(): boolean {
    return this.#isMuted
  }

  /** Louder or softer by a quarter. */
  turn(by: 1 | -1): void {
    this.#sound.volume = Math.min(1, Math.max(0.25, this.#sound.volume + by / 4))
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats()
  }

  close(): void {
    clearTimeout(this.#lost)
    this.#isOpen = false
    document.removeEventListener('pointerup', this.#play)
    this.#connection.oniceconnectionstatechange = null
    this.#connection.onicecandidate = null
    this.#connection.close()
    const tracks = this.#microphone === null ? [] : this.#microphone.getTracks()
    for (const track of tracks) track.stop()
    this.#sound.srcObject = null
  }

  #watch(): void {
    clearTimeout(this.#lost)
    this.#lost = setTimeout(() => this.#events.onWay('lost'), LOST_MS)
  }

  #wayChanged(): void {
    const state = this.#connection.iceConnectionState
    if (state === 'connected' || state === 'completed') {
      clearTimeout(this.#lost)
      this.#events.onWay('there')
    } else if (state === 'disconnected' || state === 'failed') {
      this.#watch()
      this.#events.onWay('gone')
    }
  }
}

function plain({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): {
  candidate: string
  sdpMid: string | null
  sdpMLineIndex: number | null
} {
  return { candidate, sdpMid, sdpMLineIndex }
}
