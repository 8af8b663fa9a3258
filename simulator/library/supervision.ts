import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { type FleetDevice, type FleetScenario, heardEvery } from './fleet.ts'

const TOWN = '361126206'
const device = (deviceId: string, kind: string, over: Partial<FleetDevice> = {}): FleetDevice => ({
  ...{
    deviceId,
    kind,
    role: null,
    model: null,
    hubId: null,
    residentId: `resident-of-${deviceId}`,
    divisionCode: TOWN,
  },
  ...over,
})

const KEY = device('key', 'sos_button', { role: 'sos' })
const HUB = device('hub', 'hub', { residentId: 'zhou' })
/** The catalogue has it on the mains; of an unknown gas sensor a sign a day is all that can be expected. */
const MAINS_GAS = 'native-gas_sensor'
const GAS = device('gas', 'gas_sensor', { model: MAINS_GAS, residentId: 'zhou', hubId: 'hub' })
const BEHIND = device('key-behind', 'sos_button', { role: 'sos', residentId: 'zhou', hubId: 'hub' })
const WATCH = device('watch', 'watch')
/** Thirty homes of one town, each with a hub on the mains and a watch with a SIM card. */
const HUBS = Array.from({ length: 30 }, (_, n) => device(`hub-${n}`, 'hub', { residentId: `r-${n}` }))
const WATCHES = Array.from({ length: 30 }, (_, n) => device(`watch-${n}`, 'watch', { residentId: `r-${n}` }))
/** A LoRaWAN network's server, as a bridge, and twelve gas sensors of the town that are heard through it. */
const NETWORK = device('network', 'bridge', { residentId: null })
const BEHIND_NETWORK = Array.from({ length: 12 }, (_, n) =>
  device(`lora-${n}`, 'gas_sensor', { model: MAINS_GAS, hubId: 'network' }),
)
const idsOf = (devices: readonly FleetDevice[]) => devices.map(({ deviceId }) => deviceId)

/** Period and 20 % grace, by class; the alarm comes within a minute of that. */
const MAINS = 18 * MINUTE
const CELLULAR = 7.2 * HOUR
const BATTERY = 28.8 * HOUR
const late = (allowed: number, since = 0) => [since + allowed, since + allowed + MINUTE] as const

const from = at('08:00')
const common = { group: 'supervision', from } as const

/** Devices that fall silent one by one. Offline alarms come without the device's return. */
const SUPERVISION: readonly FleetScenario[] = [
  {
    ...common,
    name: 'silent-key',
    title: 'A key on a battery is not heard of for more than a day and a fifth',
    devices: [KEY],
    lasts: 30 * HOUR,
    happenings: [],
    expected: [{ kind: 'offline', deviceId: 'key', within: late(BATTERY) }],
  },
  {
    ...common,
    name: 'silent-key-in-time',
    title: 'A key reports after 28 hours, within its grace',
    devices: [KEY],
    lasts: 50 * HOUR,
    happenings: [{ what: 'heard', after: 28 * HOUR, deviceIds: ['key'] }],
    expected: [],
  },
  {
    ...common,
    name: 'silent-mains',
    title: 'A gas sensor on the mains is silent for eighteen minutes, and is heard of again after an hour',
    devices: [HUB, GAS],
    lasts: 90 * MINUTE,
    happenings: [
      ...heardEvery(5 * MINUTE, ['hub'], 90 * MINUTE),
      ...heardEvery(10 * MINUTE, ['gas'], 90 * MINUTE, HOUR),
    ],
    expected: [{ kind: 'offline', deviceId: 'gas', within: late(MAINS), restored: true }],
  },
  {
    ...common,
    name: 'silent-watch',
    title: 'A watch with a SIM card is silent for more than six hours and a fifth',
    devices: [WATCH],
    lasts: 8 * HOUR,
    happenings: [],
    expected: [{ kind: 'offline', deviceId: 'watch', within: late(CELLULAR) }],
  },
  {
    ...common,
    name: 'silent-twice',
    title: 'A watch returns and falls silent again: told a second time',
    devices: [WATCH],
    lasts: 20 * HOUR,
    happenings: [{ what: 'heard', after: 9 * HOUR, deviceIds: ['watch'] }],
    expected: [
      { kind: 'offline', deviceId: 'watch', within: late(CELLULAR) },
      { kind: 'offline', deviceId: 'watch', within: late(CELLULAR, 9 * HOUR) },
    ],
  },
  {
    ...common,
    name: 'silent-hub',
    title: 'A hub is silent, and so is all behind it: the hub is told, nothing behind it',
    devices: [HUB, GAS, BEHIND],
    lasts: 4 * HOUR,
    happenings: heardEvery(5 * MINUTE, ['hub', 'gas'], HOUR),
    expected: [{ kind: 'hub_offline', deviceId: 'hub', within: late(MAINS, 55 * MINUTE) }],
    blameless: ['gas', 'key-behind'],
  },
  {
    ...common,
    name: 'own-outage',
    title: 'The platform is down for three hours: nobody is blamed before one period has passed since',
    devices: [HUB, GAS, WATCH],
    lasts: 5 * HOUR,
    happenings: [
      ...heardEvery(5 * MINUTE, ['hub', 'gas', 'watch'], HOUR),
      { what: 'outage', after: HOUR, ms: 3 * HOUR },
      ...heardEvery(5 * MINUTE, ['hub', 'gas', 'watch'], 5 * HOUR, 4 * HOUR + 12 * MINUTE),
    ],
    expected: [],
  },
  {
    ...common,
    name: 'own-outage-and-dead',
    title: 'A gas sensor does not come back after our outage: told one period and grace after its end',
    devices: [HUB, GAS],
    lasts: 5 * HOUR,
    happenings: [
      ...heardEvery(5 * MINUTE, ['hub', 'gas'], HOUR),
      { what: 'outage', after: HOUR, ms: 3 * HOUR },
      ...heardEvery(5 * MINUTE, ['hub'], 5 * HOUR, 4 * HOUR + MINUTE),
    ],
    expected: [{ kind: 'offline', deviceId: 'gas', within: late(MAINS, 4 * HOUR) }],
  },
  {
    ...common,
    name: 'gateway-lost',
    title: 'The connection to a LoRaWAN network breaks for two hours: it is told, and none of the twelve behind it',
    devices: [NETWORK, ...BEHIND_NETWORK],
    lasts: 5 * HOUR,
    happenings: [
      { what: 'connection', after: 10 * SECOND, deviceId: 'network', online: true },
      ...heardEvery(10 * MINUTE, idsOf(BEHIND_NETWORK), HOUR),
      { what: 'connection', after: HOUR, deviceId: 'network', online: false },
      { what: 'connection', after: 3 * HOUR, deviceId: 'network', online: true },
      ...heardEvery(10 * MINUTE, idsOf(BEHIND_NETWORK), 5 * HOUR, 3 * HOUR + 9 * MINUTE),
    ],
    expected: [{ kind: 'hub_offline', deviceId: 'network', within: late(MAINS, HOUR), restored: true }],
    blameless: idsOf(BEHIND_NETWORK),
  },
  {
    ...common,
    name: 'gateway-stands',
    title: 'One of the twelve behind a LoRaWAN network falls silent, and the network is there: it is told by itself',
    devices: [NETWORK, ...BEHIND_NETWORK],
    lasts: 2 * HOUR,
    happenings: [
      { what: 'connection', after: 10 * SECOND, deviceId: 'network', online: true },
      ...heardEvery(10 * MINUTE, idsOf(BEHIND_NETWORK).slice(1), 2 * HOUR),
    ],
    expected: [{ kind: 'offline', deviceId: 'lora-0', within: late(MAINS) }],
  },
  {
    ...common,
    name: 'node-restarts',
    title: 'The node is killed and started again just when a watch has become late, and once more before it is told',
    devices: [WATCH],
    lasts: 9 * HOUR,
    happenings: [CELLULAR - 12 * SECOND, CELLULAR + 9 * SECOND, CELLULAR + 26 * SECOND].map((after) => {
      return { what: 'outage', after, ms: 8 * SECOND } as const
    }),
    expected: [{ kind: 'offline', deviceId: 'watch', within: late(CELLULAR) }],
  },
  {
    ...common,
    name: 'late-batch',
    title: 'A watch comes out of a valley after nine hours and delivers what it has kept, a press of the key too',
    devices: [WATCH],
    lasts: 12 * HOUR,
    happenings: [
      { what: 'tells', after: 9 * HOUR, deviceId: 'watch', type: 'removed', measured: 2 * HOUR },
      { what: 'tells', after: 9 * HOUR, deviceId: 'watch', type: 'worn', measured: 3 * HOUR },
      { what: 'tells', after: 9 * HOUR, deviceId: 'watch', type: 'sos', measured: 8 * HOUR },
      ...heardEvery(30 * MINUTE, ['watch'], 12 * HOUR, 9.5 * HOUR),
    ],
    expected: [
      { kind: 'offline', deviceId: 'watch', within: late(CELLULAR), restored: true },
      { kind: 'removed', deviceId: 'watch', within: [9 * HOUR, 9 * HOUR + SECOND], restored: true },
      { kind: 'sos', deviceId: 'watch', within: [9 * HOUR, 9 * HOUR + SECOND] },
    ],
  },
  {
    ...common,
    name: 'battery-low',
    title: 'The battery of a watch falls below a fifth, and is charged',
    devices: [WATCH],
    lasts: 5 * HOUR,
    happenings: [
      ...heardEvery(30 * MINUTE, ['watch'], 5 * HOUR),
      ...[40, 30, 22, 19, 17, 16, 96].map((percent, n) => {
        return { what: 'battery', after: (n + 1) * 30 * MINUTE, deviceId: 'watch', percent } as const
      }),
    ],
    expected: [{ kind: 'battery_low', deviceId: 'watch', within: [2 * HOUR, 2 * HOUR + 2 * MINUTE], restored: true }],
  },
  {
    ...common,
    name: 'test-overdue',
    title: 'A key reports every day, but nobody has tested it for more than 31 days; then it is',
    devices: [KEY],
    lasts: 34 * DAY,
    happenings: [
      ...heardEvery(DAY, ['key'], 34 * DAY),
      { what: 'tells', after: 33 * DAY, deviceId: 'key', type: 'test' },
    ],
    expected: [{ kind: 'test_overdue', deviceId: 'key', within: late(31 * DAY), restored: true }],
  },
]

const storm = { group: 'storm', from, lasts: 2 * HOUR } as const
const SOON_LOST = [MAINS, MAINS + 6 * MINUTE] as const

/** Many at once. */
const STORMS: readonly FleetScenario[] = [
  {
    ...storm,
    name: 'storm-power-cut',
    title: 'The power fails in a village and thirty hubs fall silent: one incident with its list',
    devices: HUBS,
    happenings: [],
    expected: [{ kind: 'area_offline', deviceId: null, within: SOON_LOST, members: 30 }],
    blameless: idsOf(HUBS),
  },
  {
    ...storm,
    name: 'storm-and-sos',
    title: 'In the middle of it somebody presses her watch, and a fall is told: neither waits for anything',
    devices: [...HUBS, ...WATCHES],
    happenings: [
      { what: 'tells', after: MAINS + 25 * SECOND, deviceId: 'watch-4', type: 'sos' },
      { what: 'tells', after: MAINS + 5 * MINUTE, deviceId: 'watch-9', type: 'fall' },
    ],
    expected: [
      { kind: 'area_offline', deviceId: null, within: SOON_LOST, members: 30 },
      { kind: 'sos', deviceId: 'watch-4', within: [MAINS + 25 * SECOND, MAINS + 26 * SECOND] },
      { kind: 'fall', deviceId: 'watch-9', within: [MAINS + 5 * MINUTE, MAINS + 5 * MINUTE + SECOND] },
    ],
    blameless: idsOf(HUBS),
  },
  {
    ...storm,
    name: 'storm-returns',
    title: 'After an hour the power is back and all thirty are heard of: the incident is over',
    devices: HUBS,
    happenings: heardEvery(5 * MINUTE, idsOf(HUBS), 2 * HOUR, HOUR),
    expected: [{ kind: 'area_offline', deviceId: null, within: SOON_LOST, members: 30, restored: true }],
    blameless: idsOf(HUBS),
  },
  {
    ...storm,
    name: 'no-storm',
    title: 'Four hubs of a town fall silent within minutes: four single alarms',
    devices: HUBS,
    happenings: heardEvery(5 * MINUTE, idsOf(HUBS).slice(4), 2 * HOUR),
    expected: idsOf(HUBS)
      .slice(0, 4)
      .map((deviceId) => ({ kind: 'hub_offline', deviceId, within: late(MAINS) }) as const),
  },
]

/** Every labelled scenario of supervision and of storms. */
export const FLEETS: readonly FleetScenario[] = [...SUPERVISION, ...STORMS]
