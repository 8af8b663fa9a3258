import type { RiskLevel, RiskReason } from './protocol.ts'

/** What of a resident's file makes an alarm more dangerous. */
export interface RiskFacts {
  /** GB/T 42195-2022, 0 able … 4 fully disabled; null: not assessed. */
  abilityLevel: number | null
  /** Years; null: not known. */
  age: number | null
  livesAlone: boolean
  conditions: readonly string[]
  hazards: readonly string[]
  /** No device at home can call for help now. */
  unprotected: boolean
}

/**
 * Illness with which minutes count, or with which she can't tell what happened: heart, stroke, epilepsy, dementia,
 * oxygen, anticoagulants, low sugar. Found in the words of the file, in Chinese or English. [D]
 */
const GRAVE =
  /冠心|心衰|心梗|房颤|颤动|脑梗|脑卒中|中风|癫痫|阿尔茨海默|痴呆|失智|认知|抗凝|氧气|吸氧|低血糖|透析|heart|stroke|epilep|dementia|alzheimer|anticoag|oxygen|hypoglyc|dialysis/i

const grave = ({ conditions, hazards }: RiskFacts) => [...conditions, ...hazards].some((word) => GRAVE.test(word))
const years = (facts: RiskFacts) => facts.age ?? 0
const ability = (facts: RiskFacts) => facts.abilityLevel ?? 0

/**
 * The rules, read from above: the first level of which one rule holds. The figures are this project's own defaults [D].
 *
 *   level   rule
 *   high    ability level 3 or 4 · 90 or older · alone and 80 or older · alone and ability level 2 · grave illness ·
 *           unprotected
 *   normal  alone · 75 or older · ability level 1 or 2, or not assessed · age not known · any illness or hazard
 *   low     none of them
 */
const RULES = [
  { name: 'disabled', level: 'high', holds: (f) => ability(f) >= 3 },
  { name: 'very_old', level: 'high', holds: (f) => years(f) >= 90 },
  { name: 'old_alone', level: 'high', holds: (f) => f.livesAlone && years(f) >= 80 },
  { name: 'frail_alone', level: 'high', holds: (f) => f.livesAlone && ability(f) === 2 },
  { name: 'grave_illness', level: 'high', holds: grave },
  { name: 'unprotected', level: 'high', holds: (f) => f.unprotected },
  { name: 'alone', level: 'normal', holds: (f) => f.livesAlone },
  { name: 'old', level: 'normal', holds: (f) => years(f) >= 75 },
  { name: 'less_able', level: 'normal', holds: (f) => ability(f) >= 1 },
  { name: 'not_assessed', level: 'normal', holds: (f) => f.abilityLevel === null || f.age === null },
  { name: 'illness', level: 'normal', holds: (f) => f.conditions.length + f.hazards.length > 0 },
] as const satisfies readonly { name: RiskReason; level: RiskLevel; holds(facts: RiskFacts): boolean }[]

/** The resident's risk and the rules that gave it. Without a file nobody knows who is there: that is taken as high. */
export function residentRisk(facts: RiskFacts | null): { risk: RiskLevel; reasons: RiskReason[] } {
  if (facts === null) return { risk: 'high', reasons: ['no_file'] }
  for (const level of ['high', 'normal'] as const) {
    const reasons = RULES.filter((rule) => rule.level === level && rule.holds(facts)).map(({ name }) => name)
    if (reasons.length > 0) return { risk: level, reasons }
  }
  return { risk: 'low', reasons: [] }
}
