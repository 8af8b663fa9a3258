import { randomUUID } from 'node:crypto'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Random } from '../random.ts'
import { MILESIGHT_MODELS, type MilesightFrame, type MilesightModel, startMilesight } from '../wire/milesight.ts'
import type { RandomOf } from './peer.ts'

/** One frame of an end device, as a network server heard it. */
export interface Uplink extends MilesightFrame {
  devEui: string
  name: string
  model: string
  /** Frame counter, which goes up by one with each. */
  fCnt: number
  rssi: number
  snr: number
}

/** The end devices of a LoRaWAN network: what each remembers, and its frame counter. */
export class EndDevices {
  readonly #devices: ReadonlyMap<string, EndDevice>

  /** @throws RangeError for a model that is not simulated */
  constructor(identities: readonly Identity[], random: RandomOf) {
    this.#devices = new Map(
      identities.map((identity) => [identity.deviceId, new EndDevice(identity, random('radio', identity))]),
    )
  }

  can({ deviceId }: Identity): readonly EventType[] {
    return this.#devices.get(deviceId)?.model.acts ?? []
  }

  /** The next frame of a device; null: there is no such device, or it can't tell of that. @param happening null: a report */
  speak({ deviceId }: Identity, happening: EventType | null, fields?: Readonly<Record<string, number>>): Uplink | null {
    const device = this.#devices.get(deviceId)
    if (!device || (happening !== null && !device.model.acts.includes(happening))) return null
    return device.speak(happening, fields)
  }

  /** Whether a device has this DevEUI. */
  has(devEui: string): boolean {
    return [...this.#devices.values()].some((device) => device.devEui === devEui)
  }
}

class EndDevice {
  readonly model: MilesightModel
  readonly devEui: string
  readonly #identity: Identity
  readonly #random: Random
  readonly #rssi: number
  #state = startMilesight()
  #fields: Readonly<Record<string, number>> = {}
  #fCnt = 0

  constructor(identity: Identity, random: Random) {
    const model = MILESIGHT_MODELS.get(identity.model ?? '')
    if (!model) throw new RangeError(`no LoRaWAN device ${identity.model} is known`)
    this.model = model
    this.devEui = identity.address ?? ''
    this.#identity = identity
    this.#random = random
    this.#rssi = random.integer(-112, -62)
  }

  speak(happening: EventType | null, fields?: Readonly<Record<string, number>>): Uplink {
    this.#fields = fields ?? this.#fields
    const frame = this.model.speak(this.#state, happening, this.#fields)
    this.#state = frame.state
    this.#fCnt++
    return {
      ...frame,
      devEui: this.devEui,
      name: this.#identity.deviceId,
      model: this.#identity.model ?? '',
      fCnt: this.#fCnt,
      rssi: Math.round(this.#rssi + this.#random.noise() * 3),
      snr: Number((7 + this.#random.noise() * 2).toFixed(1)),
    }
  }
}

/** An uplink as ChirpStack v4 publishes it (chirpstack.io, "Integrations"). @param now ms since the epoch */
export function chirpstackUp(uplink: Uplink, application: string, fPort: number, now: number): object {
  const time = new Date(now).toISOString()
  return {
    deduplicationId: randomUUID(),
    time,
    deviceInfo: {
      tenantId: '52f14cd4-c6f1-4fbd-8f87-4025e1d49242',
      tenantName: 'Care',
      applicationId: application,
      applicationName: 'care',
      deviceProfileId: '605d08d4-65f5-4d2c-8a5a-3d2457662f79',
      deviceProfileName: uplink.model,
      deviceName: uplink.name,
      devEui: uplink.devEui,
      deviceClassEnabled: 'CLASS_A',
      tags: {},
    },
    devAddr: uplink.devEui.slice(-8),
    adr: true,
    dr: 5,
    fCnt: uplink.fCnt,
    fPort,
    confirmed: uplink.events.length > 0,
    data: uplink.bytes.toString('base64'),
    rxInfo: [
      { gatewayId: '6a7e111a10000000', uplinkId: uplink.fCnt, time, rssi: uplink.rssi, snr: uplink.snr, channel: 2 },
    ],
    txInfo: { frequency: 470_300_000, modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7 } } },
  }
}

/**
 * An uplink as The Things Stack v3 publishes it ("Data formats" of its documentation): what is empty, 0 or false is left
 * out. @param now ms since the epoch
 */
export function ttsUp(uplink: Uplink, application: string, session: string, fPort: number, now: number): object {
  const received_at = new Date(now).toISOString()
  const [application_id, tenant_id] = application.split('@')
  return {
    end_device_ids: {
      device_id: `eui-${uplink.devEui}`,
      application_ids: { application_id },
      dev_eui: uplink.devEui.toUpperCase(),
      dev_addr: uplink.devEui.slice(-8).toUpperCase(),
    },
    correlation_ids: [`as:up:${randomUUID()}`],
    received_at,
    uplink_message: {
      session_key_id: session,
      f_port: fPort,
      f_cnt: uplink.fCnt,
      frm_payload: uplink.bytes.toString('base64'),
      rx_metadata: [
        {
          gateway_ids: { gateway_id: 'gtw1' },
          time: received_at,
          rssi: uplink.rssi,
          channel_rssi: uplink.rssi,
          snr: uplink.snr,
        },
      ],
      settings: { data_rate: { lora: { bandwidth: 125_000, spreading_factor: 7 } }, frequency: '470300000' },
      received_at,
      consumed_airtime: '0.056576s',
      version_ids: { brand_id: 'milesight-iot', model_id: uplink.model.toLowerCase() },
      network_ids: { net_id: '000013', tenant_id },
    },
  }
}
