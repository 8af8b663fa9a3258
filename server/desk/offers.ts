import type { OfferEnd, OfferOutcome } from '../contract/desk.ts'
import { isConnected, type Presence } from './duty.ts'

/** An offer that is open, and what it depends on. Times in ms since the epoch. */
export interface OpenOffer {
  offerId: string
  caseId: string
  userId: string
  remindDue: number
  passDue: number
  reminded: boolean
  /** New or back from a hold, and not suppressed. */
  waits: boolean
  operator: Presence
  /** She owns another open emergency. */
  engaged: boolean
}

export type OfferStep = { step: 'none' } | { step: 'remind' } | { step: 'end'; outcome: OfferOutcome; why: OfferEnd }

const end = (outcome: OfferOutcome, why: OfferEnd): OfferStep => ({ step: 'end', outcome, why })

/**
 * What becomes of an open offer, the first that applies:
 *
 *   distribution was turned off                        withdrawn  stopped
 *   the case waits no more, or is kept quiet           withdrawn  settled
 *   she is not ready any more                          passed     not_ready
 *   she took another emergency                         passed     engaged
 *   her desk is gone for as long as a reminder takes   passed     gone
 *   she did not react by `passDue`                     passed     late
 *   … nor by `remindDue`                               reminded, once
 */
export function nextStep(offer: OpenOffer, rules: { on: boolean; remindSeconds: number }, now: number): OfferStep {
  if (!rules.on) return end('withdrawn', 'stopped')
  if (!offer.waits) return end('withdrawn', 'settled')
  if (offer.operator.status !== 'ready') return end('passed', 'not_ready')
  if (offer.engaged) return end('passed', 'engaged')
  if (isGone(offer.operator, rules.remindSeconds, now)) return end('passed', 'gone')
  if (offer.passDue <= now) return end('passed', 'late')
  return !offer.reminded && offer.remindDue <= now ? { step: 'remind' } : { step: 'none' }
}

/** A desk that loads its page anew is back at once; a node that died says nothing any more. */
function isGone(operator: Presence, seconds: number, now: number): boolean {
  const { goneAt } = operator
  return goneAt === null ? !isConnected(operator, now) : now - goneAt >= seconds * 1000
}
