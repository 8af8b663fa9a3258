import Type, { type Static } from 'typebox'
import { explainInAll, type Reason } from './explain/explain.ts'

/** One sentence in each language. */
export const Explanation = Type.Object({ 'zh-CN': Type.String(), en: Type.String() })

/** Why: what a finding rests on, in words and in figures. */
export const ReasonView = Type.Object({
  rule: Type.String(),
  explanation: Explanation,
  values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
    description: 'What the rule looked at: ms, m, WGS-84 degrees, %, °C, beats per minute, mmHg',
  }),
  settingsVersion: Type.Integer({ description: 'The settings that were in force; 0: as delivered' }),
})
export type ReasonView = Static<typeof ReasonView>

export const EvidenceSampleView = Type.Object({
  deviceId: Type.String(),
  at: Type.String({ format: 'date-time' }),
  fields: Type.Record(Type.String(), Type.Number()),
})
export type EvidenceSampleView = Static<typeof EvidenceSampleView>

/** A reason as the API tells it. */
export function reasonView(reason: Reason): ReasonView {
  return { ...reason, values: { ...reason.values }, explanation: explainInAll(reason) }
}
