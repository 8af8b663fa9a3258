import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { LevelValue } from '../levels.ts'
import type { Random } from '../random.ts'

/** Wi-Fi and Bluetooth devices in their own words, after their makers' MQTT documentation. */

type Fields = Readonly<Record<string, number>>

/** A message of a device in its own words, and what the platform is to make of it. */
export interface WifiMessage {
  topic: string
  payload: string
  retain?: boolean
  events?: readonly EventType[]
  levels?: Readonly<Record<string, LevelValue>>
}

/** How one kind of Wi-Fi or Bluetooth device speaks. What it remembers is its own. */
export interface WifiSpeech {
  acts: readonly EventType[]
  /** Null: this device can't tell of it. */
  happens(type: EventType): WifiMessage[] | null
  /** Its regular report. */
  reports(fields: Fields): WifiMessage[]
}

/** The kinds: their acts and words, and how the login says that it is there. */
export interface WifiKind {
  protocol: 'shelly_gen1' | 'shelly_blu' | 'tasmota' | 'esphome'
  birth(login: Identity): { topic: string; online: string; offline: string } | null
  speech(device: Identity, login: Identity, random: Random): WifiSpeech
  /** What it subscribes to. */
  listens(login: Identity): string[]
}

const PRESSES: Partial<Record<EventType, 'single' | 'double' | 'long'>> = {
  sos: 'single',
  help: 'double',
  button: 'long',
}
const PRESS_ACTS = Object.keys(PRESSES) as EventType[]
const level = (value: string, type: EventType | null): LevelValue => ({ value, type })
const tail = ({ deviceId }: Identity): string => deviceId.replaceAll(/[^A-Za-z0-9]/g, '').slice(-12)

/**
 * A Shelly 1 with a button (generation 1): `shellies/{id}/input_event/0`. On the mains it repeats the newest event; only a
 * change of its count is a press.
 */
export const SHELLY_GEN1: WifiKind = {
  protocol: 'shelly_gen1',
  birth: (login) => ({ topic: `shellies/${gen1Id(login)}/online`, online: 'true', offline: 'false' }),
  listens: (login) => [`shellies/${gen1Id(login)}/command`],
  speech: (device) => {
    const base = `shellies/${gen1Id(device)}`
    let [count, word] = [0, '']
    const event = (): WifiMessage => ({
      topic: `${base}/input_event/0`,
      payload: JSON.stringify({ event: word, event_cnt: count }),
      levels: { input: level(`${count}:${word}`, word === '' ? null : 'button') },
    })
    return {
      acts: PRESS_ACTS,
      happens: (type) => {
        const press = PRESSES[type]
        if (press === undefined) return null
        word = { single: 'S', double: 'SS', long: 'L' }[press]
        count++
        return [event()]
      },
      reports: ({ rssi = -60 }) => [
        {
          topic: `${base}/info`,
          payload: JSON.stringify({ wifi_sta: { connected: true, rssi }, mqtt: { connected: true } }),
        },
        event(),
      ],
    }
  },
}
const gen1Id = (login: Identity): string => `shelly1-${tail(login).toUpperCase()}`

const BLU_BUTTONS = { single: 1, double: 2, long: 4 }

/**
 * What a Shelly with the BLU script publishes of the Bluetooth devices around it, on a topic that is the MAC address. Two
 * gateways may hear one press: the packet id is the same then.
 */
export const SHELLY_BLU: WifiKind = {
  protocol: 'shelly_blu',
  birth: (login) => ({ topic: `${bluId(login)}/online`, online: 'true', offline: 'false' }),
  listens: (login) => [`${bluId(login)}/rpc`],
  speech: (device, _login, random) =>
    device.kind === 'door_sensor' ? bluDoor(device, random) : bluButton(device, random),
}
const bluId = (login: Identity): string => `shellyblugw-${tail(login).toLowerCase()}`

function bluPacket({ address = '' }: Identity, random: Random): (more: object) => string {
  let pid = random.integer(0, 255)
  return (more) => {
    pid = (pid + 1) % 256
    const rssi = random.integer(-80, -50)
    return JSON.stringify({ encryption: false, BTHome_version: 2, pid, ...more, rssi, address })
  }
}

function bluButton(device: Identity, random: Random): WifiSpeech {
  const packet = bluPacket(device, random)
  const topic = device.address ?? ''
  let battery = 100
  return {
    acts: PRESS_ACTS,
    happens: (type) => {
      const press = PRESSES[type]
      if (press === undefined) return null
      const payload = packet({ battery, button: BLU_BUTTONS[press] })
      const heard: WifiMessage = { topic, payload, events: ['button'] }
      return random.chance(0.3) ? [heard, { topic, payload }] : [heard]
    },
    // A beacon: button 0 is no press.
    reports: (fields) => {
      battery = Math.round(fields.battery ?? battery)
      return [{ topic, payload: packet({ battery, button: 0 }) }]
    },
  }
}

function bluDoor(device: Identity, random: Random): WifiSpeech {
  const packet = bluPacket(device, random)
  const topic = device.address ?? ''
  let [battery, isOpen] = [100, false]
  const state = (): WifiMessage => ({
    topic,
    payload: packet({ battery, illuminance: random.integer(0, 300), window: isOpen ? 1 : 0, rotation: 0 }),
    levels: { window: isOpen ? level('1', 'door_open') : level('0', 'door_close') },
  })
  return {
    acts: ['door_open', 'door_close'],
    happens: (type) => {
      if (type !== 'door_open' && type !== 'door_close') return null
      isOpen = type === 'door_open'
      return [state()]
    },
    reports: (fields) => {
      battery = Math.round(fields.battery ?? battery)
      return [state()]
    },
  }
}

/** Tasmota with a button (SetOption73 1): `stat/{topic}/RESULT`, `tele/{topic}/LWT`. */
export const TASMOTA: WifiKind = {
  protocol: 'tasmota',
  birth: (login) => ({ topic: `tele/${tasmotaTopic(login)}/LWT`, online: 'Online', offline: 'Offline' }),
  listens: (login) => [`cmnd/${tasmotaTopic(login)}/#`],
  speech: (device) => {
    const topic = tasmotaTopic(device)
    return {
      acts: PRESS_ACTS,
      happens: (type) => {
        const press = PRESSES[type]
        if (press === undefined) return null
        const Action = { single: 'SINGLE', double: 'DOUBLE', long: 'HOLD' }[press]
        return [{ topic: `stat/${topic}/RESULT`, payload: JSON.stringify({ Button1: { Action } }), events: ['button'] }]
      },
      reports: ({ rssi = -60 }) => {
        const Wifi = { AP: 1, SSId: 'home', RSSI: Math.max(0, Math.min(100, 2 * (rssi + 100))), Signal: rssi }
        return [{ topic: `tele/${topic}/STATE`, payload: JSON.stringify({ Uptime: '0T01:00:00', POWER: 'ON', Wifi }) }]
      },
    }
  },
}
const tasmotaTopic = (login: Identity): string => `tasmota_${tail(login).toUpperCase()}`

/** An ESPHome radar: a retained state per sensor, all of them again from time to time. */
export const ESPHOME: WifiKind = {
  protocol: 'esphome',
  birth: (login) => ({ topic: `${espPrefix(login)}/status`, online: 'online', offline: 'offline' }),
  listens: (login) => [`${espPrefix(login)}/+/+/command`],
  speech: (device) => {
    const base = espPrefix(device)
    let [fallen, present] = [false, false]
    const sensor = (id: string, on: boolean, [active, calm]: readonly [EventType, EventType]): WifiMessage => ({
      topic: `${base}/binary_sensor/${id}/state`,
      payload: on ? 'ON' : 'OFF',
      retain: true,
      levels: { [id]: on ? level('ON', active) : level('OFF', calm) },
    })
    const fall = () => sensor('fall_detected', fallen, ['fall', 'fall_clear'])
    const people = () => sensor('people_exist', present, ['motion', 'vacant'])
    return {
      acts: ['fall', 'fall_clear', 'motion', 'vacant'],
      happens: (type) => {
        if (type === 'fall' || type === 'fall_clear') {
          fallen = type === 'fall'
          return [fall()]
        }
        if (type !== 'motion' && type !== 'vacant') return null
        present = type === 'motion'
        return [people()]
      },
      reports: ({ rssi = -60 }) => [
        fall(),
        people(),
        { topic: `${base}/sensor/wifi_signal/state`, payload: String(rssi), retain: true },
      ],
    }
  },
}
const espPrefix = (login: Identity): string => `radar-${tail(login).toLowerCase()}`
