import { LORAWAN_PROTOCOLS } from '../device.ts'
import {
  CLIMATE,
  DOOR,
  FALL_RADAR,
  GAS,
  HUB,
  KEY,
  MOTION,
  type ModelClass,
  models,
  SOS_KEY,
  TRACKER,
  WATER,
} from './model.ts'

/** How often it reports can be set. */
const SET: Pick<ModelClass, 'commands'> = { commands: ['config'] }
const CONTACT: Partial<ModelClass> = { reports: ['door_open', 'door_close'] }
const LEAK: Partial<ModelClass> = { reports: ['water_leak', 'water_clear'] }
const PASSIVE: Partial<ModelClass> = { reports: ['motion', 'vacant'] }
const VALUES: Partial<ModelClass> = { reports: [] }
/** Where it is can be asked, and its alarm be ended. */
const ASKED: Partial<ModelClass> = { commands: ['closed', 'locate'] }

/**
 * LoRaWAN devices by the model name of their maker. Sources: the makers' user guides, and the device repository of The
 * Things Network (TheThingsNetwork/lorawan-devices).
 */
export const LORAWAN_MODELS = models(LORAWAN_PROTOCOLS, [
  ['LoRaWAN network server', 'ChirpStack, The Things Industries', 'LoRaWAN 网络服务器', 'LoRaWAN network server', HUB],
  ['WS101', 'Milesight', 'SOS 按钮', 'Smart button', SOS_KEY, SET],
  ['WS136', 'Milesight', '情景面板', 'Scene panel', KEY, SET],
  ['WS156', 'Milesight', '情景面板', 'Scene panel', KEY, SET],
  [
    'VS373',
    'Milesight',
    '跌倒监测雷达',
    'Radar fall detection sensor',
    FALL_RADAR,
    {
      // The radar keeps its alarm up until it is told that it was dealt with.
      commands: ['closed', 'config'],
      reports: ['fall', 'fall_clear', 'inactivity', 'leave_bed', 'bed_enter', 'motion', 'vacant', 'vital_sign'],
    },
  ],
  ['AT101', 'Milesight', '户外定位器', 'Outdoor asset tracker', TRACKER, { ...SET, reports: ['wander', 'wander_end'] }],
  [
    'WS301',
    'Milesight',
    '门磁',
    'Magnetic contact switch',
    DOOR,
    { ...SET, reports: ['door_open', 'door_close', 'tamper'] },
  ],
  ['EM300-MCS', 'Milesight', '门磁', 'Magnetic contact switch', DOOR, { ...SET, ...CONTACT }],
  [
    'WS303',
    'Milesight',
    '水浸传感器',
    'Mini leak detection sensor',
    WATER,
    { ...LEAK, commands: ['closed', 'config'] },
  ],
  ['EM300-SLD', 'Milesight', '水浸传感器', 'Spot leak detection sensor', WATER, { ...SET, ...LEAK }],
  ['EM300-ZLD', 'Milesight', '水浸传感器', 'Zone leak detection sensor', WATER, { ...SET, ...LEAK }],
  ['EM300-MLD', 'Milesight', '水浸传感器', 'Membrane leak detection sensor', WATER, { ...SET, ...LEAK }],
  ['GS101', 'Milesight', '燃气报警器', 'Residential gas detector', GAS],
  ['WS202', 'Milesight', '人体传感器', 'PIR and light sensor', MOTION, { ...SET, ...PASSIVE }],
  ['WS203', 'Milesight', '人体传感器', 'Occupancy sensor', MOTION, { ...SET, ...PASSIVE }],
  ['VS340', 'Milesight', '座位占用传感器', 'Desk occupancy sensor', MOTION, { ...SET, ...PASSIVE }],
  ['VS350', 'Milesight', '人流传感器', 'Passage people counter', MOTION, { ...SET, ...PASSIVE }],
  ['EM300-TH', 'Milesight', '温湿度传感器', 'Temperature and humidity sensor', CLIMATE, { ...SET, ...VALUES }],
  ['AM102', 'Milesight', '温湿度传感器', 'Ambience monitoring sensor', CLIMATE, VALUES],
  ['AM103', 'Milesight', '室内空气传感器', 'Ambience monitoring sensor, CO₂', CLIMATE, VALUES],
  ['TrackerD', 'Dragino', '定位胸卡', 'Tracker with SOS key', TRACKER, SET],
  ['LGT-92', 'Dragino', '定位胸卡', 'GPS tracker with SOS key', TRACKER, { commands: ['closed', 'config'] }],
  ['PB01', 'Dragino', 'SOS 按钮', 'Push button', SOS_KEY, SET],
  ['PB05', 'Dragino', '五键面板', 'Push buttons, five keys', KEY, SET],
  ['TBPB100', 'Browan', 'Tabs 按钮', 'Tabs push button', SOS_KEY],
  ['TBMS100', 'Browan', 'Tabs 人体传感器', 'Tabs motion sensor', MOTION, PASSIVE],
  ['TBDW100', 'Browan', 'Tabs 门窗传感器', 'Tabs door and window sensor', DOOR, CONTACT],
  ['TBWL100', 'Browan', 'Tabs 水浸传感器', 'Tabs water leak sensor', WATER, LEAK],
  ['TBHH100', 'Browan', 'Tabs 温湿度传感器', 'Tabs healthy home sensor', CLIMATE, VALUES],
  ['TBHV110', 'Browan', 'Tabs 室内空气传感器', 'Tabs healthy home sensor, air quality', CLIMATE, VALUES],
  ['TBOL100', 'Browan', 'Tabs 定位器', 'Tabs object locator', TRACKER, { role: 'sos', reports: ['button'] }],
  ['Abeeway Compact Tracker', 'Abeeway', '定位器', 'Compact tracker', TRACKER, ASKED],
  ['Abeeway Industrial Tracker', 'Abeeway', '定位器', 'Industrial tracker', TRACKER, ASKED],
  ['Abeeway Micro Tracker', 'Abeeway', '定位胸卡', 'Micro tracker with SOS key', TRACKER, ASKED],
  ['Abeeway Smart Badge', 'Abeeway', '定位胸卡', 'Smart badge with SOS key', TRACKER, ASKED],
])
