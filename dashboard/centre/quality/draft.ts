import type { AuditDetail } from '../../../server/contract/quality.ts'
import type { Criterion, SheetAnswer } from '../../../server/contract/quality-sheet.ts'

/** What is filled in so far. Pure, but for what is kept while the tab lives. */

export interface Draft {
  values: Readonly<Record<string, SheetAnswer['value']>>
  notes: Readonly<Record<string, string>>
  remark: string
}

export function draftOf({ answers, remark }: Pick<AuditDetail, 'answers' | 'remark'>): Draft {
  return {
    values: Object.fromEntries(answers.map(({ id, value }) => [id, value])),
    notes: Object.fromEntries(answers.flatMap(({ id, note }) => (note === null ? [] : [[id, note]]))),
    remark: remark ?? '',
  }
}

export function answersOf(criteria: readonly Criterion[], { values, notes }: Draft): SheetAnswer[] {
  return criteria.flatMap(({ id }) => {
    const value = values[id]
    return value === undefined ? [] : [{ id, value, note: notes[id]?.trim() || null }]
  })
}

/** The values of a criterion, in the order of their keys. */
export function choicesOf({ scale }: Pick<Criterion, 'scale'>): readonly SheetAnswer['value'][] {
  return scale === 'points' ? [0, 1, 2, 'na'] : [0, 2, 'na']
}

/** The value that a key gives; null: none. */
export function valueOfKey(criterion: Pick<Criterion, 'scale'>, key: string): SheetAnswer['value'] | null {
  const found = choicesOf(criterion).find((value) =>
    value === 'na' ? key.toLowerCase() === 'n' : key === String(value),
  )
  return found ?? null
}

/** Drafts that were not saved, by audit and the version that they began with: leaving the page loses nothing. */
const KEPT = new Map<string, Draft>()
const keyOf = ({ auditId, version }: Pick<AuditDetail, 'auditId' | 'version'>) => `${auditId} ${version}`

export const keptDraft = (of: AuditDetail): Draft | null => KEPT.get(keyOf(of)) ?? null
export const keepDraft = (of: AuditDetail, draft: Draft): void => void KEPT.set(keyOf(of), draft)
export const forgetDraft = (of: AuditDetail): void => void KEPT.delete(keyOf(of))
