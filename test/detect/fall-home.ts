import { foldFindings } from '../../server/cases/fold.ts'
import { type CaseChange, type CaseFinding, type FoldedCase, subjectOf } from '../../server/cases/folded.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { falls } from '../../server/detect/falls.ts'
import { reported } from '../../server/detect/reported.ts'
import { context, device, run, SECOND, START, signal, WATCH } from './support.ts'

export const RADAR = device('radar', 'fall_sensor', { room: '卫生间' })
export const BATH = device('bath', 'motion_sensor', { room: '卫生间' })
export const HALL = device('hall', 'motion_sensor', { room: '客厅' })
export const DOOR = device('door', 'door_sensor', { role: 'entrance', room: '客厅' })
export const CUPBOARD = device('cupboard', 'door_sensor', { room: '卧室' })
export const BED = device('bed', 'bed_sensor', { role: 'bed' })
export const KEY = device('key', 'sos_button', { role: 'sos', room: '卧室' })
export const LAMP = device('lamp', 'button', { role: 'ordinary', room: '卧室' })
export const HOME = context({ devices: [RADAR, BATH, HALL, DOOR, CUPBOARD, BED, KEY, LAMP, WATCH] })
export const BARE = context({ devices: [WATCH, KEY, BED] })
export const ONLY = [falls as Detector<unknown>]
const ALL = [reported as Detector<unknown>, ...ONLY]

export const at = (seconds: number) => START + seconds * SECOND
export const fall = (seconds: number, of = WATCH, type: SignalType = 'fall') =>
  signal(type, at(seconds), { device: of })
export const motion = (seconds: number, of = HALL) => signal('motion', at(seconds), { device: of })
export const later = (seen: readonly Observation[], home = HOME, until = 60 * 60) => run(ONLY, seen, home, at(until))

/** The log of the case, with what each observation led to folded at once, as the intake does. */
export function logOf(seen: readonly Observation[], home = HOME, until = 60 * 60): CaseChange[] {
  const open = new Map<string, FoldedCase>()
  const moments = new Map<number, CaseFinding[]>()
  for (const { seen: of, now, finding } of run(ALL, seen, home, at(until)).found) {
    const signalId = of?.kind === 'signal' ? of.signalId : null
    const all = moments.get(now) ?? []
    moments.set(now, [...all, { signalId, residentId: 'r1', finding, foundAt: now }])
  }
  return [...moments.values()].flatMap((findings) => {
    const [change] = foldFindings(open, findings)
    if (change) open.set(subjectOf(change.case), change.case)
    return change ?? []
  })
}

/** The case as it stands after everything, folded one finding after the other. */
export function caseOf(
  seen: readonly Observation[],
  home = HOME,
  until = 60 * 60,
): { folded: FoldedCase; log: string[] } {
  const open = new Map<string, FoldedCase>()
  const log: string[] = []
  for (const { seen: of, now, finding } of run(ALL, seen, home, at(until)).found) {
    const signalId = of?.kind === 'signal' ? of.signalId : null
    const [change] = foldFindings(open, [{ signalId, residentId: 'r1', finding, foundAt: now }])
    if (change) open.set(subjectOf(change.case), change.case)
    log.push(...(change?.log.map(({ action }) => action) ?? []))
  }
  const [folded] = [...open.values()]
  if (!folded) throw new Error('no case')
  return { folded, log }
}
