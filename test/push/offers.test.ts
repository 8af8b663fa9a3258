import { beforeEach, describe, expect, test } from 'vitest'
import type { OfferBoard, OfferEvent } from '../../server/contract/push.ts'
import { createOfferDesks, type OfferSocket } from '../../server/push/offers.ts'

type Answer = (error: Error | null) => void
let shown: string[]
let desks: ReturnType<typeof createOfferDesks>

class Desk implements OfferSocket {
  offers: OfferEvent[] = []
  answers: Answer[] = []
  ended: string[] = []
  boards: OfferBoard[] = []
  here = true
  offer(event: OfferEvent, _: number, answered: Answer): void {
    this.offers.push(event)
    this.answers.push(answered)
  }
  over({ offerId }: Pick<OfferEvent, 'offerId'>): void {
    this.ended.push(offerId)
  }
  board(board: OfferBoard): void {
    this.boards.push(board)
  }
  connected(): boolean {
    return this.here
  }
}

const offer = (offerId: string, userId: string, reminded = false) => ({
  offerId,
  caseId: `case of ${offerId}`,
  userId,
  displayName: userId,
  offeredAt: 0,
  expiresAt: 15_000,
  reminded,
})
const board = (...offers: OfferBoard['offers']): OfferBoard => ({ offers, openToAll: [] })
const late = new Error('timeout')

beforeEach(() => {
  shown = []
  desks = createOfferDesks((offerId) => shown.push(offerId))
})

describe('offers to desks', () => {
  test('go to that operator’s desks alone, each once; everybody has the board', () => {
    const [first, second, other] = [new Desk(), new Desk(), new Desk()]
    desks.join('a', first)
    desks.join('a', second)
    desks.join('b', other)
    desks.show(board(offer('1', 'a')))
    desks.show(board(offer('1', 'a')))
    expect([first, second, other].map(({ offers }) => offers.length)).toEqual([1, 1, 0])
    expect(other.boards.at(-1)?.offers).toHaveLength(1)
    expect(other.boards).toHaveLength(2)
    first.answers[0]?.(null)
    expect(shown).toEqual(['1'])
  })

  test('are sent again until a desk answers, and not after they are over or the desk is gone', () => {
    const desk = new Desk()
    desks.join('a', desk)
    desks.show(board(offer('1', 'a')))
    desk.answers[0]?.(late)
    expect(desk.offers).toHaveLength(2)
    desks.show(board())
    expect(desk.ended).toEqual(['1'])
    desk.answers[1]?.(late)
    expect(desk.offers).toHaveLength(2)
    desks.show(board(offer('2', 'a')))
    desk.here = false
    desk.answers[2]?.(late)
    expect(desk.offers).toHaveLength(3)
  })

  test('are sent once more as a reminder, which ends the repetition of the first', () => {
    const desk = new Desk()
    desks.join('a', desk)
    desks.show(board(offer('1', 'a')))
    desks.show(board(offer('1', 'a', true)))
    expect(desk.offers.map(({ reminded }) => reminded)).toEqual([false, true])
    desk.answers[0]?.(late)
    expect(desk.offers).toHaveLength(2)
    desk.answers[1]?.(late)
    expect(desk.offers).toHaveLength(3)
  })

  test('a desk that connects later, and one on a node that starts later, is told what is', () => {
    desks.show(board(offer('1', 'a')))
    const desk = new Desk()
    desks.join('a', desk)
    expect(desk.offers).toMatchObject([{ offerId: '1', expiresAt: 15_000 }])
    desks.leave('a', desk)
    desks.show(board(offer('2', 'a')))
    expect(desk.offers).toHaveLength(1)
  })

  test('a desk that never answers is not asked for ever', () => {
    const desk = new Desk()
    desks.join('a', desk)
    desks.show(board(offer('1', 'a')))
    for (let n = 0; n < 10; n++) desk.answers[n]?.(late)
    expect(desk.offers).toHaveLength(4)
  })
})
