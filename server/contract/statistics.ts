import Type, { type Static } from 'typebox'
import { ALERT_KINDS, type AlertKind, type Outcome } from './case.ts'
import type { DeviceKind } from './device.ts'

const Timestamp = Type.String({ format: 'date-time' })

/** `GET /statistics/alarms` */
export const AlarmStatisticsQuery = Type.Object({
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Alerts from here on; 28 days before `to`' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: '… and before this; now' })),
  kind: Type.Optional(Type.Enum([...ALERT_KINDS], { description: 'Of this kind only' })),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
})
export type AlarmStatisticsQuery = Static<typeof AlarmStatisticsQuery>

/** Alarms of one kind from devices of one model. */
export const AlarmStatisticsRow = Type.Object({
  model: Type.Union([Type.String(), Type.Null()], { description: 'Null: the devices do not say' }),
  deviceKind: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  devices: Type.Integer({ description: 'In service with a resident at any time of the range' }),
  deviceWeeks: Type.Number({ description: 'Weeks in service with a resident, of all devices together (wearer-weeks)' }),
  alerts: Type.Integer(),
  trueAlerts: Type.Integer({ description: 'The case ended in helped, hospital, advised or deceased' }),
  falseAlerts: Type.Integer({ description: '… in false_alarm, no_help_needed or fault_reported' }),
  undecided: Type.Integer({ description: '… in test or other, or is not resolved yet' }),
  cancelledByResident: Type.Integer({ description: 'Taken back by the resident, whatever the outcome' }),
  falsePerWearerWeek: Type.Union([Type.Number(), Type.Null()], { description: 'Null: no time in service' }),
})
export type AlarmStatisticsRow = Static<typeof AlarmStatisticsRow>

export const AlarmStatistics = Type.Object({
  from: Timestamp,
  to: Timestamp,
  items: Type.Array(AlarmStatisticsRow, {
    description: 'Most false alarms per wearer-week first. How many emergencies no device noticed is not known here.',
  }),
})
export type AlarmStatistics = Static<typeof AlarmStatistics>

/**
 * What an outcome says of the alarm. `no_help_needed` counts against the device: somebody was called for nothing, even if
 * the fall was real. A test was no alarm at all, and `other` says too little.
 */
export const VERDICTS: Readonly<Record<Outcome, 'true' | 'false' | null>> = {
  helped: 'true',
  hospital: 'true',
  advised: 'true',
  deceased: 'true',
  false_alarm: 'false',
  no_help_needed: 'false',
  fault_reported: 'false',
  test: null,
  other: null,
}

/** Which devices are there to raise a kind: they are listed without a single alert too. */
export const TELLERS: Readonly<Partial<Record<AlertKind, readonly DeviceKind[]>>> = {
  fall: ['fall_sensor', 'watch', 'pendant'],
  sos: ['sos_button', 'watch', 'pendant', 'phone', 'terminal'],
  leave_bed: ['bed_sensor'],
  smoke: ['smoke_sensor'],
  gas: ['gas_sensor'],
  co: ['co_sensor'],
  water_leak: ['water_sensor'],
}
