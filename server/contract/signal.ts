/**
 * Event types of the native protocol, version 1. A type that is not listed is not lost: on an event topic it is kept as
 * an unreadable alarm (see gateway/protocols/native.ts).
 */
export const EVENT_TYPES = [
  'sos',
  'sos_cancel',
  'help',
  'fall',
  'fall_cancel',
  'wander',
  'leave_bed',
  'inactivity',
  'motion',
  'door_open',
  'door_close',
  'smoke',
  'gas',
  'co',
  'water_leak',
  'tamper',
  'removed',
  'battery_low',
  'mains_loss',
  'mains_restore',
  'test',
  'restore',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/**
 * What the intake stores as a signal's type: a device's event, the answer to a command, or an alarm frame that could
 * not be read (kept in dead letters too, and still raised).
 */
export type SignalType = EventType | 'command_reply' | 'unreadable'

/** One alarm-relevant message as decoded by a protocol, before it is stored. */
export interface EventSignal {
  /** The device's own message id; with the device id it makes redelivery harmless. */
  messageId: string
  type: SignalType
  /** Device time in ms since the epoch, or null when absent or unreadable (the receive time is used then). */
  deviceTs: number | null
  /** What else the message said, JSON-safe, at most 16 KiB as text. */
  detail: Record<string, unknown>
}

/** One telemetry sample. Field names match `TELEMETRY_FIELD`; values are finite numbers (booleans become 0 and 1). */
export interface TelemetrySample {
  /** Device time in ms since the epoch, or null (receive time is used then). */
  deviceTs: number | null
  fields: Record<string, number>
}

/** The measurement a field belongs to; a field that is not listed belongs to `device`. */
export const MEASUREMENTS = ['vitals', 'position', 'device'] as const
export type Measurement = (typeof MEASUREMENTS)[number]

export const TELEMETRY_FIELD = /^[a-zA-Z][a-zA-Z0-9_]{0,39}$/

const MEASUREMENT_OF = new Map<string, Measurement>([
  ...['hr', 'spo2', 'sys', 'dia', 'body_temp', 'resp', 'glucose', 'steps'].map((f) => [f, 'vitals'] as const),
  ...['lat', 'lon', 'acc', 'alt', 'speed', 'course', 'sats'].map((f) => [f, 'position'] as const),
])

/** Which measurement (InfluxDB measurement, PostgreSQL table value) a telemetry field is stored in. */
export function measurementOf(field: string): Measurement {
  return MEASUREMENT_OF.get(field) ?? 'device'
}
