import type { CaseSummary } from '../../server/contract/case.ts'

/** A waiting SOS; what a test is about goes into `change`. */
export function makeCase(caseId: string, change: Partial<CaseSummary> = {}): CaseSummary {
  return {
    caseId,
    kind: 'sos',
    category: 'emergency',
    priority: 1,
    state: 'new',
    version: 1,
    openedAt: '2026-03-02T02:41:53.204Z',
    lastSignalAt: '2026-03-02T02:41:53.204Z',
    signalCount: 1,
    cancelled: false,
    residentId: 'r-1',
    residentName: '周桂兰',
    residentAge: 83,
    place: '弋阳县 桃源街道',
    room: '卫生间',
    deviceId: 'sos-17',
    owner: null,
    holdUntil: null,
    claimedAt: null,
    returnedAt: null,
    secondAskedAt: null,
    certainty: 'confirmed',
    severe: false,
    unprotected: false,
    suppressed: null,
    incident: null,
    drill: null,
    handover: null,
    ...change,
  }
}
