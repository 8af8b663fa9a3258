import type { CaseCategory } from '../../contract/case.ts'
import type { EscalationPolicy } from '../../contract/escalation.ts'

const MINUTE = 60
const HOUR = 3_600

/** What a new installation begins with. A released migration is not changed: supervisors publish their own. */
export const DEFAULT_POLICIES: Record<CaseCategory, EscalationPolicy> = {
  emergency: {
    steps: [
      { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
      { afterSeconds: 60, targets: [{ type: 'role', role: 'supervisor' }], channels: ['desk', 'sms'] },
      {
        afterSeconds: 180,
        targets: [
          { type: 'role', role: 'supervisor' },
          { type: 'role', role: 'admin' },
        ],
        channels: ['desk', 'email', 'voice', 'webhook'],
      },
      { afterSeconds: 300, targets: [{ type: 'contacts' }], channels: ['voice'] },
    ],
    rounds: 10,
    repeatAfterSeconds: 5 * MINUTE,
    acknowledgeForSeconds: 10 * MINUTE,
    dispatchedForSeconds: HOUR,
  },
  help: {
    steps: [
      { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
      { afterSeconds: 3 * MINUTE, targets: [{ type: 'role', role: 'supervisor' }], channels: ['desk'] },
      {
        afterSeconds: 10 * MINUTE,
        targets: [{ type: 'role', role: 'supervisor' }],
        channels: ['desk', 'sms', 'email'],
      },
    ],
    rounds: 5,
    repeatAfterSeconds: 10 * MINUTE,
    acknowledgeForSeconds: 30 * MINUTE,
    dispatchedForSeconds: 4 * HOUR,
  },
  care: {
    steps: [
      { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
      { afterSeconds: 10 * MINUTE, targets: [{ type: 'role', role: 'supervisor' }], channels: ['desk'] },
      { afterSeconds: 30 * MINUTE, targets: [{ type: 'role', role: 'supervisor' }], channels: ['desk', 'email'] },
    ],
    rounds: 3,
    repeatAfterSeconds: 30 * MINUTE,
    acknowledgeForSeconds: HOUR,
    dispatchedForSeconds: 8 * HOUR,
  },
  fault: {
    steps: [
      { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
      { afterSeconds: 4 * HOUR, targets: [{ type: 'role', role: 'supervisor' }], channels: ['desk', 'email'] },
    ],
    rounds: 2,
    repeatAfterSeconds: 20 * HOUR,
    acknowledgeForSeconds: 48 * HOUR,
    dispatchedForSeconds: 72 * HOUR,
  },
}
