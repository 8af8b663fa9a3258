import Type, { type Static } from 'typebox'
import { COMMAND_STATES, COMMAND_TYPES, CommandArguments } from './command.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const DEVICE_KINDS = [
  'sos_button',
  'button',
  'fall_sensor',
  'tracker',
  'watch',
  'pendant',
  'phone',
  'door_sensor',
  'motion_sensor',
  'bed_sensor',
  'smoke_sensor',
  'gas_sensor',
  'co_sensor',
  'water_sensor',
  'climate_sensor',
  'terminal',
  'hub',
  'bridge',
  'other',
] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]

/** How a device, or the hub in front of it, speaks. The presets are `mapped` with a mapping that is built in. */
export const PROTOCOLS = [
  'native',
  'zigbee2mqtt',
  'owntracks',
  'chirpstack',
  'tts',
  'watch',
  'minifinder2',
  'mapped',
  'shelly_blu',
  'shelly_gen1',
  'tasmota',
  'esphome',
] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** Network servers of LoRaWAN: their devices are found by DevEUI whichever of them delivers. */
export const LORAWAN_PROTOCOLS: readonly string[] = ['chirpstack', 'tts']
/** Devices that connect by TCP and are known by the id in their frames. */
export const TCP_PROTOCOLS: readonly string[] = ['watch', 'minifinder2']

/** What a key or contact without a meaning of its own stands for in this home; null: nothing. */
export const DEVICE_ROLES = [
  'sos',
  'help',
  'fall',
  'smoke',
  'gas',
  'co',
  'water_leak',
  'bed',
  'entrance',
  'ordinary',
] as const
export type DeviceRole = (typeof DEVICE_ROLES)[number]

/** The home adaptation's record of a device. `retired` is the end; nothing is deleted. */
export const LIFECYCLE_STATES = ['in_stock', 'installed', 'tested', 'in_service', 'faulty', 'retired'] as const
export type LifecycleState = (typeof LIFECYCLE_STATES)[number]

export const DeviceId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$',
  description: 'Letters, digits, and _ . : - ; at most 64',
})
const Address = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'Zigbee name, DevEUI, watch id, IMEI, MAC; what the protocol calls it',
})
const Cidr = Type.String({ pattern: '^[0-9a-fA-F.:]{2,39}(/[0-9]{1,3})?$' })

const DeviceFields = {
  residentId: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  room: Type.Optional(Nullable(Type.String({ maxLength: 40 }))),
  role: Type.Optional(Nullable(Type.Enum([...DEVICE_ROLES]))),
  model: Type.Optional(Nullable(Type.String({ maxLength: 60, description: 'Key of GET /device-models' }))),
  note: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
  sources: Type.Optional(
    Type.Array(Cidr, { maxItems: 10, description: 'Addresses that a TCP device may come from; none: any' }),
  ),
}

/** `POST /devices` */
export const NewDevice = Type.Object({
  deviceId: DeviceId,
  kind: Type.String({ minLength: 1, maxLength: 40, description: DEVICE_KINDS.join(', ') }),
  protocol: Type.Enum([...PROTOCOLS]),
  hubId: Type.Optional(Nullable(Type.String({ maxLength: 64, description: 'The hub or bridge it is behind' }))),
  address: Type.Optional(Nullable(Address)),
  ...DeviceFields,
})
export type NewDevice = Static<typeof NewDevice>
export const NewDeviceAnswer = Type.Object({
  deviceId: Type.String(),
  secret: Nullable(
    Type.String({ description: 'Shown once; only its hash is kept. Null for a device that never logs in itself' }),
  ),
})
export type NewDeviceAnswer = Static<typeof NewDeviceAnswer>

/** `PATCH /devices/{deviceId}`: only what is given changes. */
export const DeviceChange = Type.Object({
  version: Type.Integer({ minimum: 1, description: 'The version that was looked at; a stale one is refused' }),
  kind: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  address: Type.Optional(Nullable(Address)),
  ...DeviceFields,
})
export type DeviceChange = Static<typeof DeviceChange>

export const DeviceView = Type.Object({
  deviceId: Type.String(),
  kind: Type.String(),
  protocol: Type.String(),
  model: Nullable(Type.String()),
  role: Nullable(Type.Enum([...DEVICE_ROLES])),
  hubId: Nullable(Type.String()),
  address: Nullable(Type.String()),
  residentId: Nullable(Type.String()),
  residentName: Nullable(Type.String()),
  place: Nullable(Type.String({ description: 'County and town of the resident' })),
  room: Nullable(Type.String()),
  lifecycle: Type.Enum([...LIFECYCLE_STATES]),
  note: Nullable(Type.String()),
  sources: Type.Array(Type.String()),
  version: Type.Integer(),
  online: Type.Boolean({ description: 'Connected, or heard of within its interval, and its hub online' }),
  onlineChangedAt: Nullable(Timestamp),
  lastSeenAt: Nullable(Timestamp),
  nextExpectedAt: Nullable(Timestamp),
  battery: Nullable(Type.Number({ description: '%' })),
  rssi: Nullable(Type.Number({ description: 'dBm, or link quality where the protocol has no dBm' })),
  firmware: Nullable(Type.String()),
  createdAt: Timestamp,
})
export type DeviceView = Static<typeof DeviceView>

/** `GET /devices` */
export const DeviceQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  search: Type.Optional(
    Type.String({
      maxLength: 60,
      description: 'Part of id or address; case does not matter. Names and rooms: `POST /devices/search`',
    }),
  ),
  kind: Type.Optional(Type.String({ maxLength: 40 })),
  protocol: Type.Optional(Type.Enum([...PROTOCOLS])),
  lifecycle: Type.Optional(Type.Enum([...LIFECYCLE_STATES])),
  residentId: Type.Optional(Type.String({ maxLength: 64 })),
  hubId: Type.Optional(Type.String({ maxLength: 64 })),
  online: Type.Optional(Type.Boolean()),
})
export type DeviceQuery = Static<typeof DeviceQuery>
/** `POST /devices/search`: the same in the body, since a name has no place in an address. */
export const DeviceSearch = Type.Object({
  ...DeviceQuery.properties,
  search: Type.Optional(
    Type.String({ maxLength: 60, description: 'Part of id, address, resident’s name or room; case does not matter' }),
  ),
})

/** `POST /devices/{deviceId}/lifecycle` */
export const LifecycleStep = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  to: Type.Enum([...LIFECYCLE_STATES]),
  note: Type.Optional(Type.String({ maxLength: 500 })),
})
export type LifecycleStep = Static<typeof LifecycleStep>
/** `GET /devices/{deviceId}/lifecycle`, oldest first: the home-adaptation record of the device. */
export const LifecycleEntry = Type.Object({
  at: Timestamp,
  from: Nullable(Type.Enum([...LIFECYCLE_STATES])),
  to: Type.Enum([...LIFECYCLE_STATES]),
  by: Nullable(Type.String({ description: 'Display name; null for the platform' })),
  note: Nullable(Type.String()),
  residentId: Nullable(Type.String()),
  room: Nullable(Type.String()),
})
export type LifecycleEntry = Static<typeof LifecycleEntry>

/** `POST /devices/import`: all or nothing. */
export const ImportAnswer = Type.Object({
  dryRun: Type.Boolean(),
  rows: Type.Integer({ description: 'Rows of the list, without its heading' }),
  created: Type.Array(NewDeviceAnswer, { description: 'Empty when a row is wrong or nothing was to be written' }),
  problems: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'As a spreadsheet counts: the heading is row 1' }),
      column: Nullable(Type.String()),
      message: Type.String(),
    }),
  ),
})
export type ImportAnswer = Static<typeof ImportAnswer>

/** A device that nobody has registered, `GET /unknown-devices`. */
export const UnknownDeviceView = Type.Object({
  knockId: Type.String(),
  hubId: Nullable(Type.String()),
  hubResidentId: Nullable(Type.String()),
  hubResidentName: Nullable(Type.String()),
  protocol: Type.String(),
  address: Type.String(),
  model: Nullable(Type.String()),
  vendor: Nullable(Type.String()),
  description: Nullable(Type.String()),
  suggestedKind: Type.String(),
  suggestedRole: Nullable(Type.Enum([...DEVICE_ROLES])),
  firstSeenAt: Timestamp,
  lastSeenAt: Timestamp,
  messages: Type.Integer({ description: 'How often it was heard; 0: the hub has only told of it' }),
  lastMessage: Type.String({ description: 'As text, unreadable bytes replaced' }),
  dismissed: Type.Boolean(),
})
export type UnknownDeviceView = Static<typeof UnknownDeviceView>
/** `POST /unknown-devices/{knockId}/adopt`; what is left out is taken from the suggestion and from the hub. */
export const Adoption = Type.Object({
  deviceId: Type.Optional(DeviceId),
  kind: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  residentId: DeviceFields.residentId,
  room: DeviceFields.room,
  role: DeviceFields.role,
  model: DeviceFields.model,
})
export type Adoption = Static<typeof Adoption>

/** `POST /devices/{deviceId}/commands` */
export const NewCommand = Type.Object({
  type: Type.Enum([...COMMAND_TYPES]),
  args: Type.Optional(CommandArguments),
})
export type NewCommand = Static<typeof NewCommand>
/** `GET /devices/{deviceId}/commands`, newest first. */
export const CommandView = Type.Object({
  commandId: Type.String(),
  type: Type.Enum([...COMMAND_TYPES]),
  args: CommandArguments,
  state: Type.Enum([...COMMAND_STATES]),
  createdAt: Timestamp,
  by: Nullable(Type.String({ description: 'Display name; null for the platform' })),
  expiresAt: Timestamp,
  sentAt: Nullable(Timestamp),
  repliedAt: Nullable(Timestamp),
  reply: Nullable(Type.Record(Type.String(), Type.Unknown())),
})
export type CommandView = Static<typeof CommandView>

/** `PUT /devices/{deviceId}/settings`: what a login of this protocol needs. Secrets are never shown again. */
export const DeviceSettingsChange = Type.Object({
  mapping: Type.Optional(Type.Unknown({ description: 'protocol mapped: see docs/devices.md' })),
  encryptionKey: Type.Optional(
    Nullable(Type.String({ minLength: 1, maxLength: 32, description: 'protocol owntracks: the phone’s key' })),
  ),
  bridge: Type.Optional(
    Nullable(
      Type.Object({
        url: Type.String({ pattern: '^mqtts?://[^\\s@]+$', maxLength: 300, description: 'without user and password' }),
        username: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
        password: Type.Optional(Nullable(Type.String({ maxLength: 500, description: 'Left out: stays as it is' }))),
        ca: Type.Optional(Nullable(Type.String({ maxLength: 20_000, description: 'PEM' }))),
        topics: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 20 })),
      }),
    ),
  ),
})
export type DeviceSettingsChange = Static<typeof DeviceSettingsChange>
/** `GET /devices/{deviceId}/settings` */
export const DeviceSettingsView = Type.Object({
  mapping: Nullable(Type.Unknown()),
  hasEncryptionKey: Type.Boolean(),
  bridge: Nullable(
    Type.Object({
      url: Type.String(),
      username: Nullable(Type.String()),
      hasPassword: Type.Boolean(),
      ca: Nullable(Type.String()),
      topics: Type.Array(Type.String()),
    }),
  ),
})
export type DeviceSettingsView = Static<typeof DeviceSettingsView>

/** `GET /bridges` */
export const BridgeView = Type.Object({
  deviceId: Type.String(),
  protocol: Type.String(),
  url: Type.String(),
  state: Type.Enum(['connecting', 'connected', 'waiting', 'refused', 'elsewhere']),
  node: Nullable(Type.String({ description: 'Which node holds it, in state elsewhere' })),
  since: Nullable(Timestamp),
  reason: Nullable(Type.String()),
  messages: Nullable(Type.Integer({ description: 'Since it was started; null on another node' })),
})
export type BridgeView = Static<typeof BridgeView>

/** `GET /device-models` */
export const DeviceModelView = Type.Object({
  model: Type.String(),
  vendor: Type.String(),
  name: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
  kind: Type.String(),
  protocols: Type.Array(Type.String()),
  role: Nullable(Type.Enum([...DEVICE_ROLES])),
  reports: Type.Array(Type.String({ description: 'Event types it can send' })),
  commands: Type.Array(Type.Enum([...COMMAND_TYPES])),
  power: Type.Enum(['mains', 'battery', 'rechargeable']),
  heartbeatSeconds: Nullable(Type.Integer({ description: 'How often it is heard of at the least' })),
})
export type DeviceModelView = Static<typeof DeviceModelView>
