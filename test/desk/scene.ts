import type { Socket } from 'socket.io-client'
import { expect } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { DutyStatus, OperatorProfile, ProfileView } from '../../server/contract/desk.ts'
import type { OfferBoard, OfferEvent, ServerToClientEvents } from '../../server/contract/push.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { type ApiClient, startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'

/** An operator with a desk, and what the desk was told. */
export interface Seat {
  api: ApiClient
  offers: OfferEvent[]
  over: Pick<OfferEvent, 'offerId' | 'caseId'>[]
  board(): OfferBoard
  /** Waits until so many offers have come, and gives the last of them. */
  nextOffer(count?: number): Promise<OfferEvent>
  join(): Promise<void>
  leave(): Promise<void>
  status(to: DutyStatus): Promise<void>
  command(caseId: string, action: string, body?: object): Promise<{ status: number; body: CaseSummary }>
  claim(caseId: string, version?: number): Promise<{ status: number; body: CaseSummary }>
  /** Resolves and closes. */
  finish(caseId: string): Promise<void>
}

export async function takeSeat(app: TestApp, username: string): Promise<Seat> {
  const api = await app.signIn(username)
  const offers: OfferEvent[] = []
  const over: Seat['over'] = []
  let board: OfferBoard = { offers: [], openToAll: [] }
  let desk: Socket<ServerToClientEvents> | null = null
  const versionOf = async (caseId: string) =>
    (await api.get<{ case: CaseSummary }>(`/cases/${caseId}`)).body.case.version
  const command: Seat['command'] = async (caseId, action, body = {}) =>
    api.post<CaseSummary>(`/cases/${caseId}/${action}`, { version: await versionOf(caseId), ...body })
  return {
    api,
    offers,
    over,
    board: () => board,
    nextOffer: async (count = 1) => {
      await expect.poll(() => offers.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(count)
      return offers.at(-1) as OfferEvent
    },
    join: async () => {
      desk = await api.desk()
      desk.on('case', (_, acknowledge) => acknowledge())
      desk.on('offers', (next) => {
        board = next
      })
      desk.on('offer', (offer, acknowledge) => {
        offers.push(offer)
        acknowledge()
      })
      desk.on('offer_over', (offer) => over.push(offer))
      await expect.poll(async () => (await dutyOf(api, username)).connected).toBe(true)
    },
    leave: async () => {
      desk?.disconnect()
      await expect.poll(async () => (await dutyOf(api, username)).connected).toBe(false)
    },
    status: async (to) => {
      const { status } = await api.post('/desk/status', { status: to })
      expect(status).toBe(200)
    },
    command,
    claim: (caseId, version) => command(caseId, 'claim', version === undefined ? {} : { version }),
    finish: async (caseId) => {
      await command(caseId, 'resolve', { outcome: 'helped', reason: '已扶起', contact: 'made' })
      expect((await command(caseId, 'close')).status).toBe(200)
    },
  }
}

const NAMES: Record<string, string> = { limin: '李敏', wangfang: '王芳', huangyan: '黄燕' }

async function dutyOf(api: ApiClient, username: string) {
  const { body } = await api.get<{ items: { displayName: string; connected: boolean }[] }>('/desk/duty')
  return body.items.find(({ displayName }) => displayName === NAMES[username]) ?? { connected: false }
}

export interface DeskScene {
  app: TestApp
  admin: ApiClient
  limin: Seat
  wangfang: Seat
  /** Takes their seats, connects and says that they are ready, one after the other: the first one is idle longest. */
  ready(...seats: Seat[]): Promise<void>
  /** An alarm of a resident who is made when she is not known yet. @returns the id of her case */
  alarm(resident: string, type: SignalType): Promise<string>
  dialect(resident: string, dialect: string): Promise<void>
  profile(seat: Seat, change: Partial<OperatorProfile>): Promise<void>
  /** Puts a resident on test. */
  quiet(resident: string): Promise<void>
  /** Time goes by, and the recurring work is done. */
  after(ms: number): Promise<void>
  /** The offers so far. */
  rows(): Promise<{ outcome: string | null; ended_why: string | null; shown_at: Date | null; user_id: string }[]>
  end(): Promise<void>
}

export async function createDeskScene(options: TestAppOptions = {}): Promise<DeskScene> {
  const app = await startTestApp(options)
  const { db } = app.database.store
  const residents = new Map<string, string>()
  const residentOf = async (name: string) => {
    const known = residents.get(name) ?? (await addResident(db, [`device-${name}`]))
    residents.set(name, known)
    return known
  }
  const admin = await app.signIn('admin')
  const after = async (ms: number) => {
    // Who is there stays there while the clock jumps: a round that somebody's work has woken may be under way.
    await db
      .updateTable('duty')
      .set({ seen_at: new Date(app.clock.now() + ms) })
      .where('seen_at', 'is not', null)
      .where('gone_at', 'is', null)
      .execute()
    app.clock.advance(ms)
    await app.tick()
    // A case that another transaction holds at this moment is left to the next round, a second later.
    await app.tick()
  }
  return {
    app,
    admin,
    limin: await takeSeat(app, 'limin'),
    wangfang: await takeSeat(app, 'wangfang'),
    ready: async (...seats) => {
      for (const seat of seats) {
        await seat.join()
        await seat.status('ready')
        app.clock.advance(1)
      }
    },
    alarm: async (name, type) => {
      const resident = await residentOf(name)
      await commit(db, [event(`device-${name}`, type, app.clock.now())], app.clock.now())
      await after(0)
      const row = await db
        .selectFrom('alarm_case')
        .select('case_id')
        .where('resident_id', '=', resident)
        .orderBy('opened_at', 'desc')
        .executeTakeFirstOrThrow()
      return row.case_id
    },
    dialect: async (name, dialect) => {
      await db
        .updateTable('resident')
        .set({ dialect })
        .where('resident_id', '=', await residentOf(name))
        .execute()
    },
    profile: async (seat, change) => {
      const { body } = await seat.api.get<ProfileView>('/desk/profile')
      const { status } = await admin.send(
        `/desk/profiles/${body.userId}`,
        { version: body.version, profile: { ...body.profile, ...change } },
        'application/json',
        'PUT',
      )
      expect(status).toBe(200)
    },
    quiet: async (name) => {
      await residentOf(name)
      const body = { scope: 'device', scopeId: `device-${name}`, kind: 'on_test', reason: '每月测试', minutes: 60 }
      expect((await admin.post('/suppressions', body)).status).toBe(201)
    },
    after,
    rows: async () =>
      db
        .selectFrom('case_offer')
        .select(['outcome', 'ended_why', 'shown_at', 'user_id'])
        .orderBy('offered_at')
        .orderBy('offer_id')
        .execute(),
    end: () => app.destroy(),
  }
}
