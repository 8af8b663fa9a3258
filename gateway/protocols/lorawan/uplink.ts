import type { DecodedItem, DiscoveredDevice, RegisteredDevice } from '../../../server/contract/ports.ts'
import type { EventSignal, LevelReport } from '../../../server/contract/signal.ts'
import { frameId } from '../ids.ts'
import { isRecord, storableText } from '../json.ts'
import { codecFor, codecOfModel } from './catalogue.ts'
import {
  type Codec,
  type Detail,
  type Fields,
  hasAny,
  isPosition,
  LAST_APPLICATION_PORT,
  type Reading,
} from './reading.ts'

/** From a device's bytes, as a LoRaWAN network server delivers them, to items. Pure; shared by all network servers. */

export interface Uplink {
  /** DevEUI, 16 hexadecimal digits in small letters. */
  address: string
  /** The network server's id of the message. */
  id: string
  /** When the network heard it, ms since the epoch; null: it doesn't say. */
  deviceTs: number | null
  /** Ms since the epoch. */
  receivedAt: number
  /** Null: there is none, as in a frame without data. */
  fPort: number | null
  /** Base64. */
  data: unknown
  /** rssi in dBm, snr in dB. */
  radio: Fields
  /** Old news, which never raises an alarm. */
  replayed: boolean
}

/** What a network server says of a device. */
export interface Description {
  /** What it is: model, tags, profile. */
  profile: readonly string[]
  vendor: string | null
  /** What somebody called it. */
  name: string | null
}

interface UplinkResult {
  items: DecodedItem[]
  /** Null: nobody could read it. */
  codec: Codec | null
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** LoRaWAN carries at most 242 bytes. */
const MAX_BASE64 = 400

/** Kinds and roles whose frames may be an alarm: if nothing can be read in one, it is. */
const ALARM_KINDS: ReadonlySet<string> = new Set([
  'sos_button',
  'fall_sensor',
  'pendant',
  'tracker',
  'watch',
  'smoke_sensor',
  'gas_sensor',
  'co_sensor',
])
const ALARM_ROLES: ReadonlySet<string> = new Set(['sos', 'help', 'fall', 'smoke', 'gas', 'co'])
const isAlarmDevice = (device: RegisteredDevice | null): boolean =>
  device !== null && (ALARM_KINDS.has(device.kind) || (device.role !== null && ALARM_ROLES.has(device.role)))
/** A key has nothing else to say: what can't be read may be the press, even beside what can. */
const isAlarmKey = (device: RegisteredDevice | null): boolean =>
  device !== null && (device.kind === 'sos_button' || device.role === 'sos' || device.role === 'help')

/**
 * Never throws.
 * @param child the registered device at the address; null: there is none
 * @param describe is asked only when the device's record doesn't tell what it is
 */
export function readUplink(uplink: Uplink, child: RegisteredDevice | null, describe: () => Description): UplinkResult {
  const { address } = uplink
  const data = uplink.data ?? ''
  const fPort = uplink.fPort ?? 0
  if (uplink.fPort === 0 || fPort > LAST_APPLICATION_PORT) return { items: [], codec: null }
  const unknown = (codec: Codec | null): DecodedItem[] =>
    child === null ? [discovered(address, describe(), codec)] : []
  if (typeof data !== 'string' || data.length > MAX_BASE64 || !BASE64.test(data)) {
    return { items: [brokenData(uplink), ...radioOf(uplink), ...unknown(null)], codec: null }
  }
  const bytes = Buffer.from(data, 'base64')
  // An empty frame acknowledges a downlink or fetches one.
  if (bytes.length === 0) return { items: [...radioOf(uplink), ...unknown(null)], codec: null }
  const codec = codecOfModel(child?.model ?? null) ?? codecOf(child, describe(), fPort, bytes)
  const items =
    codec === null
      ? [unattributed(address, bytes, fPort, isAlarmDevice(child) && !uplink.replayed), ...radioOf(uplink)]
      : toItems(uplink, codec.decode(fPort, bytes, uplink.deviceTs ?? uplink.receivedAt), child)
  items.push(...unknown(codec))
  return { items, codec }
}

function codecOf(child: RegisteredDevice | null, { profile, name }: Description, fPort: number, bytes: Buffer) {
  return codecFor({ model: child?.model ?? null, kind: child?.kind ?? null, profile, name, fPort, bytes })
}

function brokenData({ address, replayed }: Uplink): DecodedItem {
  const explanation = 'The payload of the uplink is not base64'
  return { from: address, kind: 'unreadable', reason: 'invalid_field', explanation, alarm: !replayed }
}

function unattributed(from: string, bytes: Buffer, fPort: number, alarm: boolean): DecodedItem {
  const shown = bytes.subarray(0, 24).toString('hex')
  const explanation = `No codec for ${shown} (${bytes.length} bytes) on port ${fPort}`
  return { from, kind: 'unreadable', reason: 'unknown_type', explanation, alarm }
}

function radioOf({ address, deviceTs, radio }: Uplink): DecodedItem[] {
  if (radio.rssi === undefined && radio.snr === undefined) return []
  return [{ from: address, kind: 'telemetry', sample: { deviceTs, fields: radio } }]
}

function toItems(uplink: Uplink, readings: Reading[], child: RegisteredDevice | null): DecodedItem[] {
  const { address: from, deviceTs, replayed } = uplink
  const measured: Fields[] = []
  const told: DecodedItem[] = []
  const mayBeAlarm = () =>
    isAlarmKey(child) || (isAlarmDevice(child) && readings.every(({ kind }) => kind === 'unreadable'))
  let index = -1
  for (const reading of readings) {
    index++
    switch (reading.kind) {
      case 'event':
        if (!replayed) told.push({ from, kind: 'event', event: signal(uplink, reading, index, readings) })
        break
      case 'level':
        if (!replayed) told.push({ from, kind: 'level', report: levelReport(uplink, reading, index, readings) })
        break
      case 'telemetry':
        if (reading.at === null) measured.push(reading.fields)
        else if (hasAny(reading.fields)) {
          told.push({ from, kind: 'telemetry', sample: { deviceTs: timeOf(reading.at), fields: reading.fields } })
        }
        break
      case 'unreadable': {
        const alarm = (reading.alarm || mayBeAlarm()) && !replayed
        told.push({ from, kind: 'unreadable', reason: 'unknown_type', explanation: reading.explanation, alarm })
        break
      }
      default:
        told.push({ from, ...reading })
    }
  }
  // Mostly there is one, which needs no copy: it was made for this frame.
  const [only = {}, ...more] = measured
  const fields = withRadio(more.length === 0 ? only : Object.assign({}, ...measured), uplink.radio)
  if (hasAny(fields)) told.push({ from, kind: 'telemetry', sample: { deviceTs, fields } })
  return told
}

/** How it was heard is told beside what it measures; what the device itself says of that counts. */
function withRadio(fields: Fields, { rssi, snr }: Fields): Fields {
  if (rssi !== undefined) fields.rssi ??= rssi
  if (snr !== undefined) fields.snr ??= snr
  return fields
}

/** What an operator wants to know beside an alarm: where it was, and how long the battery will last. */
const SITUATION = ['lat', 'lon', 'acc', 'battery', 'voltage'] as const

/** A stored reading older than this is not where somebody is. */
const RECENT_MS = 600_000

/** @param at of a stored event, ms since the epoch: it has the readings of the same time; null: it is of now */
function situation({ deviceTs, receivedAt }: Uplink, readings: readonly Reading[], at: number | null): Detail {
  const detail: Detail = {}
  const time = deviceTs ?? receivedAt
  for (const reading of readings) {
    if (reading.kind !== 'telemetry') continue
    const isRecent = reading.at === null || time - reading.at <= RECENT_MS
    if (at === null ? !isRecent : reading.at !== at) continue
    for (const name of SITUATION) {
      const value = reading.fields[name]
      if (value !== undefined) detail[name] = value
    }
  }
  return detail
}

type EventReading = Extract<Reading, { kind: 'event' }>
type LevelReading = Extract<Reading, { kind: 'level' }>

function signal(
  uplink: Uplink,
  { type, detail, at }: Pick<EventReading, 'type' | 'detail' | 'at'>,
  index: number,
  readings: readonly Reading[],
): EventSignal {
  return {
    messageId: `${uplink.id}:${index}`,
    type,
    deviceTs: at === null ? uplink.deviceTs : timeOf(at),
    detail: { ...detail, ...situation(uplink, readings, at) },
  }
}

function levelReport(
  uplink: Uplink,
  { level, value, event: type, calm, detail }: LevelReading,
  index: number,
  readings: readonly Reading[],
): LevelReport {
  const event = type === null ? null : signal(uplink, { type, detail, at: null }, index, readings)
  return { level, value, event, calm }
}

const timeOf = (at: number): number | null => (Number.isFinite(at) && at > 0 ? at : null)

const MAX_TEXT = 100
const shortText = (text: string | null | undefined): string | null =>
  text === null || text === undefined || text === '' ? null : storableText(text.slice(0, MAX_TEXT))

/** What a device seems to be that nobody has registered. */
export function discovered(from: string, { profile, vendor, name }: Description, codec: Codec | null): DecodedItem {
  const device: DiscoveredDevice = {
    model: codec?.model ?? shortText(profile[0]),
    vendor: codec?.vendor ?? shortText(vendor),
    description: shortText(name),
    kind: codec?.kind ?? 'other',
    role: codec?.role ?? null,
  }
  return { from, kind: 'discovered', device }
}

const ID = /^[\w.:+/=-]{1,64}$/

/**
 * An id of a message from the network server's own and its data: an id that comes again with other bytes is another
 * message, as an alarm must never be lost to one.
 * @param counter of the frames, for messages without an id
 */
export function uplinkId(
  own: string | null,
  counter: unknown,
  data: unknown,
  time: { deviceTs: number | null; receivedAt: number },
): string {
  const text = typeof data === 'string' ? data : ''
  if (own === null) return frameId([typeof counter === 'number' ? String(counter) : '', text], time)
  return `${ID.test(own) ? own : frameId([own], time)}:${checksum(text)}`
}

/** FNV-1a, 32 bits. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}

/** rssi (dBm) and snr (dB) at the gateway that heard the device best. */
export function bestRadio(gateways: unknown): Fields {
  let best: Fields = {}
  if (!Array.isArray(gateways)) return best
  for (const gateway of gateways) {
    if (!isRecord(gateway)) continue
    const { rssi, snr } = gateway
    if (typeof rssi !== 'number' || !Number.isFinite(rssi) || (best.rssi !== undefined && rssi <= best.rssi)) continue
    best = typeof snr === 'number' && Number.isFinite(snr) ? { rssi, snr } : { rssi }
  }
  return best
}

/** The position that a network server worked out, as telemetry; nothing without one. Degrees WGS-84, m. */
export function solvedLocation(from: string, location: unknown, deviceTs: number | null): DecodedItem[] {
  if (!isRecord(location)) return []
  const { latitude, longitude, altitude, accuracy } = location
  // Zeroes are left out of these messages.
  const [lat, lon] = [latitude ?? 0, longitude ?? 0]
  if (typeof lat !== 'number' || typeof lon !== 'number' || !isPosition(lat, lon)) return []
  const fields: Fields = { lat, lon }
  if (typeof altitude === 'number' && Number.isFinite(altitude)) fields.alt = altitude
  if (typeof accuracy === 'number' && Number.isFinite(accuracy)) fields.acc = accuracy
  return [{ from, kind: 'telemetry', sample: { deviceTs, fields } }]
}
