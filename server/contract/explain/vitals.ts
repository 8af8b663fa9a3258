import type { Sentence } from './template.ts'

export const VITAL_RULES = {} as const satisfies Record<string, Sentence>
