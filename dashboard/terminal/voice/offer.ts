/** What a terminal does with an offer to talk. Pure. */

export interface OfferFacts {
  /** The call that it is in, if any. */
  current: string | null
  call: string
  canTalk: boolean
  hasMicrophone: boolean
  /** The platform says that a press or a fall is open. */
  auto: boolean
  /** The terminal itself knows of one: see `VoiceHost.mayAnswer`. */
  mayAnswer: boolean
}

export type OfferDecision =
  | { do: 'refuse'; reason: 'busy' | 'unsupported' | 'no_microphone' }
  /** The same call in another way: the desk looks for a new path. */
  | { do: 'renew' }
  /** Tone, words and a full screen first, then sound. */
  | { do: 'announce' }
  /** Rings until somebody taps. */
  | { do: 'ring' }

/**
 * | offer | becomes |
 * |---|---|
 * | of the call that it is in | a new path for it |
 * | while in another call | refused: busy |
 * | with a browser that can't talk | refused: unsupported |
 * | without leave to use the microphone | refused: no microphone |
 * | platform and terminal both know of a press or a fall | announced, then talked |
 * | anything else | rings |
 */
export function decideOffer({ current, call, canTalk, hasMicrophone, auto, mayAnswer }: OfferFacts): OfferDecision {
  if (current !== null) return current === call ? { do: 'renew' } : { do: 'refuse', reason: 'busy' }
  if (!canTalk) return { do: 'refuse', reason: 'unsupported' }
  if (!hasMicrophone) return { do: 'refuse', reason: 'no_microphone' }
  return auto && mayAnswer ? { do: 'announce' } : { do: 'ring' }
}
