import type { LevelKey } from '../../../server/contract/levels.ts'
import { LEVELS } from '../../../server/contract/levels.ts'

export type Verdict = 'met' | 'missed' | 'none'

/** Whether a share meets the target of its level; without a target or a value there is nothing to say. Pure. */
export function verdictOf(key: LevelKey, share: number | null): Verdict {
  const target = LEVELS.find((level) => level.key === key)?.target ?? null
  if (share === null || target === null) return 'none'
  return share >= target ? 'met' : 'missed'
}

/** What to write beside the verdict, so that colour is never alone. */
export const SIGNS: Readonly<Record<Verdict, string>> = { met: '✓', missed: '✕', none: '' }
export const TONES: Readonly<Record<Verdict, string>> = { met: 'good', missed: 'late', none: 'none' }
