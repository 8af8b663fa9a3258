import type { Sentence } from './template.ts'

export const SUPERVISION_RULES = {} as const satisfies Record<string, Sentence>
