/**
 * Event types of the native protocol, version 1. A type that is not listed is not lost: on an event topic it is kept as
 * an unreadable alarm (see gateway/protocols/native.ts).
 */
export const EVENT_TYPES = [
  'sos',
  'sos_cancel',
  'help',
  'fall',
  /** The sensor is not sure (a radar's "maybe fall"). */
  'fall_suspected',
  'fall_clear',
  'fall_cancel',
  'wander',
  'wander_end',
  'leave_bed',
  'bed_enter',
  'inactivity',
  'motion',
  /** Nobody is seen any more. */
  'vacant',
  'door_open',
  'door_close',
  'smoke',
  'smoke_clear',
  'gas',
  'gas_clear',
  'co',
  'co_clear',
  'water_leak',
  'water_clear',
  'tamper',
  'tamper_clear',
  /** A worn device was taken off, a mounted one taken down. */
  'removed',
  'worn',
  'battery_low',
  'battery_ok',
  'mains_loss',
  'mains_restore',
  /** The device itself found a heart rate, breathing or the like outside its limits. */
  'vital_sign',
  'vital_clear',
  /** An alarm frame that names no reason. */
  'general_alarm',
  /** A key of no meaning of its own was pressed; the device's role says what it stands for. */
  'button',
  /** A sensor of no meaning of its own (a Zigbee IAS zone, a contact input) became active or calm; see the role. */
  'triggered',
  'released',
  /** A hub lost its radio or its software: the whole home is blind. */
  'hub_offline',
  'hub_online',
  'device_fault',
  'test',
  'restore',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/**
 * What the intake stores as a signal's type: a device's event, the answer to a command, or an alarm frame that could
 * not be read (kept in dead letters too, and still raised).
 */
export const SIGNAL_TYPES = [...EVENT_TYPES, 'command_reply', 'unreadable'] as const
export type SignalType = (typeof SIGNAL_TYPES)[number]

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

/**
 * A condition that a device keeps repeating (Zigbee2MQTT sends every cached value in each message, and all of them again
 * after a restart). `event` tells of entering the value; it is stored only when the value differs from the one that was
 * stored last. Without `event` the value is remembered and nothing is told.
 */
export interface LevelReport {
  /** What the value is of, e.g. `smoke`; unique within the device. */
  level: string
  /** The value as text, at most 64 characters. */
  value: string
  event: EventSignal | null
  /** A value that is nothing to tell when it is the first one ever seen of the device (closed, dry, nobody there). */
  calm: boolean
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
