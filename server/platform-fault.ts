import { sql, type Transaction } from 'kysely'
import { PLATFORM_DEVICE } from './contract/purpose.ts'
import type { CaseEvent } from './contract/push.ts'
import type { Database } from './store/schema.ts'
import { recordFindings } from './watch/findings.ts'

/** Raises or takes back the fault that the platform's own self-test fails, as a case like any other device's. */
export async function tellPlatformFault(
  tx: Transaction<Database>,
  failing: boolean,
  now: number,
): Promise<CaseEvent[]> {
  await sql`
    insert into device (device_id, kind, protocol, enabled, lifecycle, created_at)
    values (${PLATFORM_DEVICE}, 'other', 'native', false, 'in_stock', ${new Date(now)}) on conflict do nothing`.execute(
    tx,
  )
  const common = { deviceId: PLATFORM_DEVICE, at: now }
  const reason = (rule: 'platform.self_test' | 'platform.self_test_ok') => ({
    rule,
    values: { at: now },
    settingsVersion: 0,
  })
  const finding = failing
    ? ({ ...common, effect: 'raise', kind: 'device_fault', reason: reason('platform.self_test') } as const)
    : ({
        ...common,
        effect: 'restore',
        kinds: ['device_fault'],
        byResident: false,
        reason: reason('platform.self_test_ok'),
      } as const)
  return recordFindings(tx, [{ signalId: null, residentId: null, finding, foundAt: now }], now)
}
