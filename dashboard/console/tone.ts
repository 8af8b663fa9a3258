import type { CaseSummary } from '../../server/contract/case.ts'
import type { Tone as Sound } from '../ui/sound.ts'

/** Colour speaks only of urgency: red emergency, amber unconfirmed or at risk, violet in hand, grey past. */
export type Urgency = 'emergency' | 'amber' | 'in-hand' | 'past'

export function urgencyOf(item: Pick<CaseSummary, 'state' | 'category' | 'cancelled' | 'kind'>): Urgency {
  if (item.state === 'resolved' || item.state === 'closed') return 'past'
  if (item.state !== 'new') return 'in-hand'
  if (item.category === 'fault') return 'past'
  return item.category === 'emergency' && !item.cancelled && item.kind !== 'unreadable' ? 'emergency' : 'amber'
}

/** What the desk sounds: an emergency until somebody has it, help softly, never a fault or care. */
export function soundFor(items: readonly Pick<CaseSummary, 'state' | 'category'>[], lost: boolean): Sound {
  const waits = (category: CaseSummary['category']) =>
    items.some((item) => item.state === 'new' && item.category === category)
  if (lost) return 'lost'
  if (waits('emergency')) return 'emergency'
  return waits('help') ? 'help' : 'none'
}
