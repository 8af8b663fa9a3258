import type { Outcome } from '../../server/contract/case.ts'
import type { QualityMonth } from '../../server/contract/quality.ts'
import type { SheetAnswer, SheetContent } from '../../server/contract/quality-sheet.ts'
import type { Answer, ApiClient, TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

/** Somebody who signs in again whenever the moved clock has ended the session. */
export type Caller = Pick<ApiClient, 'get' | 'post'> & { cookie(): string }
export async function staying(app: TestApp, username: string): Promise<Caller> {
  let client = await app.signIn(username)
  async function kept<T>(call: (client: ApiClient) => Promise<Answer<T>>): Promise<Answer<T>> {
    const answer = await call(client)
    if (answer.status !== 401) return answer
    client = await app.signIn(username)
    return call(client)
  }
  return {
    cookie: () => client.cookie,
    get: (path) => kept((one) => one.get(path)),
    post: (path, body) => kept((one) => one.post(path, body)),
  }
}

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** An alarm of somebody's device. @returns the case's id */
export async function press(app: TestApp, deviceId: string, type: 'sos' | 'help' | 'battery_low'): Promise<string> {
  const { db } = app.database.store
  await addResident(db, [deviceId])
  await commit(db, [event(deviceId, type, app.clock.now())], app.clock.now())
  const rows = await query(app.database.url, 'select case_id from alarm_case where device_id = $1', [deviceId])
  return String(rows[0]?.case_id)
}

/** Brings a case to its end. */
export async function work(who: Caller, caseId: string, outcome: Outcome, version = 1): Promise<void> {
  const steps = [
    ['claim', {}],
    ['resolve', { outcome, reason: '已处理', contact: 'made' }],
    ['close', {}],
  ] as const
  for (const [n, [action, body]] of steps.entries()) {
    const answer = await who.post(`/cases/${caseId}/${action}`, { version: version + n, ...body })
    if (answer.status !== 200) throw new Error(`${action} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  }
}

let made = 0
/** An alarm that somebody handles to its end. @returns the case's id */
export async function closedCase(
  app: TestApp,
  who: Caller,
  type: 'sos' | 'help' | 'battery_low' = 'help',
  outcome: Outcome = 'helped',
): Promise<string> {
  const caseId = await press(app, `q${++made}`, type)
  await work(who, caseId, outcome)
  return caseId
}

export async function monthOf(boss: Caller, month: string): Promise<QualityMonth> {
  return (await boss.get<QualityMonth>(`/quality/months/${month}`)).body
}

/** Everything in full, but for what is said otherwise. */
export function answersFor(content: SheetContent, other: Record<string, SheetAnswer['value']> = {}): SheetAnswer[] {
  return content.criteria.map(({ id }) => {
    const value = other[id] ?? 2
    return { id, value, note: value === 0 ? '没有做到' : null }
  })
}

/** Sets the clock to a moment. */
export function goTo(app: TestApp, at: string): void {
  app.clock.advance(Date.parse(at) - app.clock.now())
}

export const codes = ({ status, body }: Answer) => [status, body.code]
