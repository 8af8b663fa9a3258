import type { OfferBoard, OfferEvent } from '../contract/push.ts'
import { REPEAT_AFTER_MS } from './desk.ts'

export interface OfferSocket {
  /** Sends and calls back once: `null` when acknowledged, an error after `timeoutMs`. */
  offer(event: OfferEvent, timeoutMs: number, answered: (error: Error | null) => void): void
  over(event: Pick<OfferEvent, 'offerId' | 'caseId'>): void
  board(board: OfferBoard): void
  connected(): boolean
}

export interface OfferDesks {
  /** What is offered to whom now. What changed since the last time is told. */
  show(board: OfferBoard): void
  join(userId: string, socket: OfferSocket): void
  leave(userId: string, socket: OfferSocket): void
}

/**
 * Tells desks of offers. It compares what is with what was told, so that no event can be missed: not by a desk that connects
 * later, not when another node made the offer, not after a restart.
 * @param shown called when a desk says that it shows an offer
 */
export function createOfferDesks(shown: (offerId: string) => void): OfferDesks {
  const desks = new Map<string, Set<OfferSocket>>()
  let now: OfferBoard = { offers: [], openToAll: [] }
  let told = JSON.stringify(now)

  const current = (offerId: string) => now.offers.find((offer) => offer.offerId === offerId)

  function deliver(socket: OfferSocket, offerId: string, reminded: boolean, attempt = 0): void {
    const timeout = REPEAT_AFTER_MS[attempt]
    const offer = current(offerId)
    // Over, or a reminder is on its way already.
    if (timeout === undefined || !offer || offer.reminded !== reminded || !socket.connected()) return
    const { caseId, offeredAt, expiresAt } = offer
    socket.offer({ offerId, caseId, offeredAt, expiresAt, reminded }, timeout, (error) => {
      if (error === null) shown(offerId)
      else deliver(socket, offerId, reminded, attempt + 1)
    })
  }

  return {
    show: (board) => {
      const text = JSON.stringify(board)
      if (text === told) return
      const before = now
      now = board
      told = text
      for (const sockets of desks.values()) for (const socket of sockets) socket.board(board)
      for (const { offerId, caseId, userId } of before.offers) {
        if (current(offerId)) continue
        for (const socket of desks.get(userId) ?? []) socket.over({ offerId, caseId })
      }
      for (const { offerId, userId, reminded } of board.offers) {
        const known = before.offers.find((offer) => offer.offerId === offerId)
        if (known?.reminded === reminded) continue
        for (const socket of desks.get(userId) ?? []) deliver(socket, offerId, reminded)
      }
    },
    join: (userId, socket) => {
      const sockets = desks.get(userId) ?? new Set()
      desks.set(userId, sockets.add(socket))
      socket.board(now)
      for (const offer of now.offers) if (offer.userId === userId) deliver(socket, offer.offerId, offer.reminded)
    },
    leave: (userId, socket) => {
      const sockets = desks.get(userId)
      sockets?.delete(socket)
      if (sockets?.size === 0) desks.delete(userId)
    },
  }
}
