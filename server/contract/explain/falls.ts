import type { Sentence } from './template.ts'

export const FALL_RULES = {} as const satisfies Record<string, Sentence>
