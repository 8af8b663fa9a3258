import type { Sentence } from './template.ts'

export const ROUTINE_RULES = {} as const satisfies Record<string, Sentence>
