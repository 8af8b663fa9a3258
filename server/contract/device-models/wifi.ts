import { DOOR, FALL_RADAR, HUB, KEY, MOTION, models } from './model.ts'

/** Sleeps until somebody presses it: nothing can be expected of it. */
const PRESSES_ONLY = { reports: ['button'], heartbeatSeconds: null } as const

/** Wi-Fi and Bluetooth devices that are read by a mapping. Sources: the makers' MQTT documentation. */
export const WIFI_MODELS = [
  ...models(
    ['shelly_blu'],
    [
      ['Shelly BLU Gateway', 'Shelly', '蓝牙网关', 'BLU gateway', HUB],
      ['Shelly BLU Button', 'Shelly', '蓝牙按钮', 'BLU button', KEY, PRESSES_ONLY],
      ['Shelly BLU Door/Window', 'Shelly', '蓝牙门窗传感器', 'BLU door and window sensor', DOOR],
      ['Shelly BLU Motion', 'Shelly', '蓝牙人体传感器', 'BLU motion sensor', MOTION],
    ],
  ),
  ...models(['shelly_gen1'], [['Shelly Button1', 'Shelly', 'Wi-Fi 按钮', 'Wi-Fi button', KEY, PRESSES_ONLY]]),
  ...models(
    ['tasmota'],
    [
      [
        'Tasmota',
        'Tasmota',
        'Tasmota 按键或触点',
        'Tasmota switch or contact',
        KEY,
        { power: 'mains', reports: ['button', 'triggered', 'released'], heartbeatSeconds: 900 },
      ],
    ],
  ),
  ...models(
    ['esphome'],
    [
      [
        'seeed_mr60fda2',
        'Seeed Studio',
        '60 GHz 跌倒监测雷达',
        '60 GHz radar, fall detection',
        FALL_RADAR,
        { reports: ['fall', 'fall_clear', 'motion', 'vacant'] },
      ],
    ],
  ),
]
