import { COMMAND_TYPES, FEEDBACK_TYPES } from '../command.ts'
import type { DeviceModelView } from '../device.ts'
import {
  BUTTON_SECONDS,
  CLIMATE,
  CO,
  DOOR,
  EMERGENCY_KEY,
  FALL_RADAR,
  GAS,
  HUB,
  MOTION,
  type ModelClass,
  models,
  SMOKE,
  TRACKER,
  WATER,
} from './model.ts'

const BED: ModelClass = {
  kind: 'bed_sensor',
  role: null,
  power: 'mains',
  heartbeatSeconds: BUTTON_SECONDS,
  reports: ['leave_bed', 'bed_enter', 'vital_sign'],
}
const TERMINAL: ModelClass = {
  kind: 'terminal',
  role: null,
  power: 'mains',
  heartbeatSeconds: 900,
  reports: ['sos', 'sos_cancel', 'help', 'test'],
  commands: [...FEEDBACK_TYPES, 'message', 'sound'],
}
/** The native protocol carries every command. */
const ALL: Pick<DeviceModelView, 'commands'> = { commands: [...COMMAND_TYPES] }

/** Devices that speak our own protocol, by kind. */
export const NATIVE_MODELS = models(
  ['native'],
  [
    [
      'native-sos_button',
      'native',
      'SOS 按钮 (安护协议)',
      'SOS button (native)',
      EMERGENCY_KEY,
      { ...ALL, reports: ['sos', 'sos_cancel', 'help', 'test', 'battery_low'] },
    ],
    ['native-fall_sensor', 'native', '跌倒监测 (安护协议)', 'Fall sensor (native)', FALL_RADAR, ALL],
    [
      'native-tracker',
      'native',
      '定位器 (安护协议)',
      'Tracker (native)',
      TRACKER,
      { ...ALL, reports: ['sos', 'fall', 'wander', 'wander_end', 'removed', 'battery_low'] },
    ],
    ['native-terminal', 'native', '家庭终端', 'Home terminal', TERMINAL],
    ['native-bed_sensor', 'native', '离床感应 (安护协议)', 'Bed sensor (native)', BED, ALL],
    ['native-door_sensor', 'native', '门磁 (安护协议)', 'Door sensor (native)', DOOR, ALL],
    ['native-motion_sensor', 'native', '人体感应 (安护协议)', 'Motion sensor (native)', MOTION, ALL],
    ['native-smoke_sensor', 'native', '烟感 (安护协议)', 'Smoke sensor (native)', SMOKE, ALL],
    ['native-gas_sensor', 'native', '燃气报警器 (安护协议)', 'Gas sensor (native)', GAS, ALL],
    ['native-co_sensor', 'native', '一氧化碳报警器 (安护协议)', 'CO sensor (native)', CO, ALL],
    ['native-water_sensor', 'native', '水浸传感器 (安护协议)', 'Water sensor (native)', WATER, ALL],
    ['native-climate_sensor', 'native', '温湿度计 (安护协议)', 'Climate sensor (native)', CLIMATE, ALL],
    ['native-hub', 'native', '家庭网关 (安护协议)', 'Home hub (native)', HUB, ALL],
  ],
)
