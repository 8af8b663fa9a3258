import type { Sentence } from './template.ts'

export const WANDERING_RULES = {} as const satisfies Record<string, Sentence>
