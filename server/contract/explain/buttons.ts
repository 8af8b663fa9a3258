import type { Sentence } from './template.ts'

export const BUTTON_RULES = {} as const satisfies Record<string, Sentence>
