import type { Sentence } from './template.ts'

export const DANGER_RULES = {} as const satisfies Record<string, Sentence>
