import { DEVICE_KINDS, DEVICE_ROLES, type DeviceKind, type DeviceRole, PROTOCOLS } from '../../contract/device.ts'

/** The words of an import list, Chinese and English. */

export const IMPORT_FIELDS = [
  'deviceId',
  'kind',
  'protocol',
  'model',
  'hubId',
  'address',
  'residentId',
  'room',
  'role',
  'note',
] as const
export type ImportField = (typeof IMPORT_FIELDS)[number]

/** The first is the one of the template; the field's own name is understood as well. */
const HEADINGS: Record<ImportField, readonly string[]> = {
  deviceId: ['设备编号', '编号', '设备ID'],
  kind: ['类型', '设备类型'],
  protocol: ['协议', '接入方式'],
  model: ['型号', '设备型号'],
  hubId: ['网关', '网关编号', '所在网关'],
  address: ['地址', '设备地址'],
  residentId: ['居民编号', '住户编号', '老人编号'],
  room: ['房间', '位置'],
  role: ['用途', '作用', '角色'],
  note: ['备注'],
}

const KINDS: Record<DeviceKind, readonly string[]> = {
  sos_button: ['SOS按钮', '紧急按钮', '求助按钮'],
  button: ['普通按钮', '按钮'],
  fall_sensor: ['跌倒雷达', '跌倒监测', '跌倒监测雷达', '跌倒传感器'],
  tracker: ['定位胸卡', '定位器', '防走失定位器'],
  watch: ['手表', '定位手表', '智能手表'],
  pendant: ['呼叫吊坠', '吊坠'],
  phone: ['手机'],
  door_sensor: ['门磁', '门窗传感器'],
  motion_sensor: ['人体感应', '人体传感器'],
  bed_sensor: ['离床感应', '离床感应垫', '床垫'],
  smoke_sensor: ['烟感', '烟雾报警器'],
  gas_sensor: ['燃气报警器'],
  co_sensor: ['一氧化碳报警器'],
  water_sensor: ['水浸传感器', '水浸'],
  climate_sensor: ['温湿度计', '温湿度传感器'],
  terminal: ['家庭终端', '终端'],
  hub: ['网关'],
  bridge: ['桥接'],
  other: ['其他设备', '其他'],
}

const ROLES: Record<DeviceRole, readonly string[]> = {
  sos: ['紧急求救', '紧急求助', 'SOS'],
  help: ['生活求助', '生活帮助'],
  fall: ['跌倒'],
  smoke: ['烟雾'],
  gas: ['燃气'],
  co: ['一氧化碳'],
  water_leak: ['漏水'],
  bed: ['床位'],
  entrance: ['入户门'],
  ordinary: ['普通'],
}

/** Words → what they stand for; spaces, case, and marks of required columns don't matter. */
function dictionary<T extends string>(
  names: readonly T[],
  words: Partial<Record<T, readonly string[]>>,
): Map<string, T> {
  return new Map(names.flatMap((name) => [name, ...(words[name] ?? [])].map((word) => [plain(word), name] as const)))
}

const plain = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_*-]/g, '')

const FIELD_OF = dictionary(IMPORT_FIELDS, HEADINGS)
const KIND_OF = dictionary(DEVICE_KINDS, KINDS)
const ROLE_OF = dictionary(DEVICE_ROLES, ROLES)
const PROTOCOL_OF = dictionary(PROTOCOLS, {})

export const fieldOfHeading = (heading: string): ImportField | undefined => FIELD_OF.get(plain(heading))
export const kindOfWord = (word: string): DeviceKind | undefined => KIND_OF.get(plain(word))
export const roleOfWord = (word: string): DeviceRole | undefined => ROLE_OF.get(plain(word))
export const protocolOfWord = (word: string) => PROTOCOL_OF.get(plain(word))

/** As in the template. */
export const headingOf = (field: ImportField): string => HEADINGS[field][0] ?? field

const EXAMPLES: readonly Partial<Record<ImportField, string>>[] = [
  { deviceId: 'hub-0001', kind: '网关', protocol: 'zigbee2mqtt', room: '客厅', note: '示例, 导入前请删除' },
  {
    deviceId: 'sos-0001',
    kind: 'SOS按钮',
    protocol: 'zigbee2mqtt',
    model: 'TS0215A_sos',
    hubId: 'hub-0001',
    address: '卫生间按钮',
    room: '卫生间',
    role: '紧急求救',
    note: '示例, 导入前请删除',
  },
]

/** `GET /devices/import-template`: CSV that Excel opens as UTF-8 because of the mark at its beginning. */
export function importTemplate(): string {
  const rows = [IMPORT_FIELDS.map(headingOf), ...EXAMPLES.map((row) => IMPORT_FIELDS.map((field) => row[field] ?? ''))]
  return `\uFEFF${rows.map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
