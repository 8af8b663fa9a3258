import Type, { type Static } from 'typebox'
import { TelemetryPoint } from './api.ts'

/** What a case's chart can show. */
export const VITAL_FIELDS = ['hr', 'spo2', 'sys', 'dia', 'body_temp', 'temperature', 'battery'] as const
export type VitalField = (typeof VITAL_FIELDS)[number]

const Limit = Type.Union([Type.Number(), Type.Null()])

/** `GET /cases/{caseId}/vitals?field=`: the last 24 hours, and the limits beyond which an alert is raised. */
export const CaseVitals = Type.Object({
  field: Type.Enum([...VITAL_FIELDS], {
    description: "Without `field` in the query: the one that matters for the case's kind",
  }),
  deviceId: Type.Union([Type.String(), Type.Null()], { description: 'Which measured it; null: none has' }),
  limits: Type.Object({ low: Limit, high: Limit }),
  items: Type.Array(TelemetryPoint, { description: 'Windows of 15 minutes' }),
})
export type CaseVitals = Static<typeof CaseVitals>
