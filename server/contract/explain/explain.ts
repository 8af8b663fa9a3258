import { BUTTON_RULES } from './buttons.ts'
import { DANGER_RULES } from './dangers.ts'
import { FALL_RULES } from './falls.ts'
import { PLATFORM_RULES } from './platform.ts'
import { REPORTED_RULES } from './reported.ts'
import { ROUTINE_RULES } from './routine.ts'
import { SUPERVISION_RULES } from './supervision.ts'
import type { Language, Sentence } from './template.ts'
import { fill } from './template.ts'
import { VITAL_RULES } from './vitals.ts'
import { WANDERING_RULES } from './wandering.ts'

/** Every rule that an alert can be raised, restored or judged by, with its sentence in both languages. */
const RULES = {
  ...REPORTED_RULES,
  ...BUTTON_RULES,
  ...FALL_RULES,
  ...WANDERING_RULES,
  ...SUPERVISION_RULES,
  ...ROUTINE_RULES,
  ...DANGER_RULES,
  ...VITAL_RULES,
  ...PLATFORM_RULES,
} as const satisfies Record<string, Sentence>

export type RuleName = keyof typeof RULES

/** Why: the rule, the values that it looked at (units: ms, m, WGS-84 degrees, %), and the settings that were in force. */
export interface Reason {
  rule: RuleName
  values: Readonly<Record<string, string | number>>
  settingsVersion: number
}

/** One sentence that says why. A rule of a newer version of this program is named as it is. */
export function explain(reason: Reason, language: Language): string {
  const sentence: Sentence | undefined = RULES[reason.rule]
  return sentence === undefined ? reason.rule : fill(sentence[language], reason.values, language)
}

/** The same in every language that the platform speaks. */
export function explainInAll(reason: Reason): Record<Language, string> {
  return { 'zh-CN': explain(reason, 'zh-CN'), en: explain(reason, 'en') }
}
