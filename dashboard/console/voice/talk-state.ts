import type { CallReason } from '../../../server/contract/voice.ts'
import { createStore } from '../../ui/store.ts'
import { SILENCE, type Sound } from '../../voice/stats.ts'
import type { RecordingState } from './recorder.ts'

/** Why a call could not even begin, or had to be given up here. */
export type Problem =
  | 'own_microphone'
  | 'own_browser'
  | 'no_terminal'
  | 'terminal_offline'
  | 'call_open'
  | 'drill_case'
  | 'not_owner'
  | 'wrong_state'
  | 'unreachable'

export interface Talk {
  phase: 'idle' | 'starting' | 'ringing' | 'talking' | 'over'
  caseId: string | null
  /** Whom the desk talks with, as the case names her. */
  who: string
  /** The terminal has said that it rings. */
  isRinging: boolean
  isMuted: boolean
  isHerMuted: boolean
  /** This browser does not play the sound: the operator hears nothing. */
  isSilent: boolean
  /** The terminal does not play it: she hears nothing. */
  isHerSilent: boolean
  /** The way of the sound is gone, and another one is looked for. */
  isSearching: boolean
  /** Ms since the epoch, when they began to hear each other. */
  since: number | null
  sound: Sound
  volume: number
  reason: CallReason | null
  problem: Problem | null
  recording: RecordingState | null
}

export const IDLE: Talk = {
  phase: 'idle',
  caseId: null,
  who: '',
  isRinging: false,
  isMuted: false,
  isHerMuted: false,
  isSilent: false,
  isHerSilent: false,
  isSearching: false,
  since: null,
  sound: SILENCE,
  volume: 1,
  reason: null,
  problem: null,
  recording: null,
}

/** The one call of this desk; it lives longer than any case on the screen. */
export const talkState = createStore<Talk>(IDLE)

export const isInCall = ({ phase }: Talk): boolean => phase === 'starting' || phase === 'ringing' || phase === 'talking'

/** True while closing the page would end or lose something. */
export const isAtStake = (talk: Talk): boolean =>
  isInCall(talk) || talk.recording?.state === 'recording' || talk.recording?.state === 'storing'
