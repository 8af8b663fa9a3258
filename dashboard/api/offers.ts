import type { OfferBoard, OfferEvent } from '../../server/contract/push.ts'
import { createStore } from '../ui/store.ts'

/** What is offered to whom, as the push line last said. */
export interface Offers {
  board: OfferBoard
  /** Offered to this desk's operator. */
  mine: OfferEvent | null
}

const NONE: Offers = { board: { offers: [], openToAll: [] }, mine: null }

export const offers = createStore<Offers>(NONE)

/** Nothing is known any more: the server says it anew. */
export function forgetOffers(): void {
  offers.set(NONE)
}

export function showOffer(event: OfferEvent): void {
  offers.set({ ...offers.get(), mine: event })
}

export function endOffer(offerId: string): void {
  const current = offers.get()
  if (current.mine?.offerId === offerId) offers.set({ ...current, mine: null })
}

export function showBoard(board: OfferBoard): void {
  const { mine } = offers.get()
  offers.set({ board, mine: mine && board.offers.some(({ offerId }) => offerId === mine.offerId) ? mine : null })
}
