/** How a call sounds, from RTCPeerConnection's figures (W3C webrtc-stats). Pure; used by desk and terminal. */

export interface Sound {
  /** How loud what comes in is, and what goes out where the browser tells, 0 to 1. */
  heard: number
  said: number | null
  /** Packets that did not come, of those since the last look, 0 to 1. */
  loss: number
  /** There and back, ms; null: not known yet. */
  roundTripMs: number | null
  /** Running totals, for the next look. */
  packets: { received: number; lost: number }
}

export const SILENCE: Sound = { heard: 0, said: null, loss: 0, roundTripMs: null, packets: { received: 0, lost: 0 } }

/** What one look says, beside the one before. */
export function soundOf(report: Iterable<Record<string, unknown>>, before: Sound): Sound {
  let sound: Sound = { ...SILENCE, packets: before.packets }
  for (const entry of report) {
    const number = (name: string): number | null => (typeof entry[name] === 'number' ? (entry[name] as number) : null)
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      const received = number('packetsReceived') ?? 0
      const lost = Math.max(0, number('packetsLost') ?? 0)
      const newLost = Math.max(0, lost - before.packets.lost)
      const all = newLost + Math.max(0, received - before.packets.received)
      sound = {
        ...sound,
        heard: number('audioLevel') ?? 0,
        loss: all === 0 ? 0 : newLost / all,
        packets: { received, lost },
      }
    } else if (entry.type === 'media-source' && entry.kind === 'audio') {
      sound = { ...sound, said: number('audioLevel') }
    } else if (entry.type === 'candidate-pair' && entry.nominated === true && entry.state === 'succeeded') {
      const seconds = number('currentRoundTripTime')
      if (seconds !== null) sound = { ...sound, roundTripMs: Math.round(seconds * 1000) }
    }
  }
  return sound
}

/** A report as a list; old browsers' reports have `forEach` alone. */
export function listOf(report: RTCStatsReport): Record<string, unknown>[] {
  const entries: Record<string, unknown>[] = []
  report.forEach((entry: Record<string, unknown>) => {
    entries.push(entry)
  })
  return entries
}

export type Quality = 'good' | 'fair' | 'poor'

/**
 * In words. Opus conceals some loss; beyond 5 % words suffer, beyond 15 % they are not understood. Beyond 400 ms one way
 * people talk into each other (ITU-T G.114).
 */
export function qualityOf({ loss, roundTripMs }: Sound): Quality {
  const trip = roundTripMs ?? 0
  if (loss > 0.15 || trip > 800) return 'poor'
  return loss > 0.05 || trip > 300 ? 'fair' : 'good'
}
