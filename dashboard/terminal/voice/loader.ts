import type { VoiceHost, VoicePart } from './host.ts'

/** A script that doesn't come is asked for again with the next word after this, ms. */
const PATIENCE_MS = 10_000

/** Loads the part that talks with the first word about a call; what is said meanwhile waits for it. */
export function voiceLoader(url: string, host: VoiceHost): (payload: string) => void {
  let part: VoicePart | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  const waiting: string[] = []

  const ask = () => {
    if (performance.now() - askedAt < PATIENCE_MS) return
    askedAt = performance.now()
    const script = document.createElement('script')
    script.src = url
    script.onload = () => {
      if (part === null && window.anhuVoice !== undefined) part = window.anhuVoice(host)
      for (const payload of waiting.splice(0)) part?.heard(payload)
    }
    document.head.appendChild(script)
  }

  return (payload) => {
    if (part !== null) {
      part.heard(payload)
      return
    }
    waiting.push(payload)
    ask()
  }
}
