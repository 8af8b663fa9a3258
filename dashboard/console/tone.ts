import type { CaseSummary } from '../../server/contract/case.ts'
import type { Tone as Sound } from '../ui/sound.ts'
import { isWaiting } from './queue-order.ts'

/** Colour speaks only of urgency: red emergency, amber unconfirmed or at risk, violet in hand, grey past. */
export type Urgency = 'emergency' | 'amber' | 'in-hand' | 'past'

export function urgencyOf(
  item: Pick<
    CaseSummary,
    'state' | 'category' | 'cancelled' | 'kind' | 'certainty' | 'severe' | 'suppressed' | 'returnedAt'
  >,
): Urgency {
  if (item.state === 'resolved' || item.state === 'closed' || item.suppressed) return 'past'
  if (item.state !== 'new' && item.returnedAt === null) return 'in-hand'
  if (item.category === 'fault') return 'past'
  if (item.category !== 'emergency' || item.cancelled || item.kind === 'unreadable') return 'amber'
  return item.certainty === 'possible' && !item.severe ? 'amber' : 'emergency'
}

/** What the desk sounds: an emergency until somebody has it, help softly, never a fault or care unless it is offered to this desk. */
export function soundFor(
  items: readonly Pick<CaseSummary, 'state' | 'category' | 'suppressed' | 'returnedAt'>[],
  lost: boolean,
  offered = false,
): Sound {
  const waits = (category: CaseSummary['category']) =>
    items.some((item) => isWaiting(item) && item.category === category)
  if (lost) return 'lost'
  if (waits('emergency')) return 'emergency'
  if (offered) return 'offer'
  return waits('help') ? 'help' : 'none'
}
