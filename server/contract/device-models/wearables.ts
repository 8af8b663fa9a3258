import { FEEDBACK_TYPES } from '../command.ts'
import { CELLULAR_SECONDS, type ModelClass, models } from './model.ts'

const worn = { role: null, power: 'rechargeable', heartbeatSeconds: CELLULAR_SECONDS } as const
const WATCH: ModelClass = {
  ...worn,
  kind: 'watch',
  reports: ['sos', 'fall', 'wander', 'wander_end', 'removed', 'vital_sign', 'battery_low', 'general_alarm'],
  commands: [...FEEDBACK_TYPES, 'locate', 'sound', 'message', 'config'],
}
const PENDANT: ModelClass = {
  ...worn,
  kind: 'pendant',
  reports: ['sos', 'fall', 'wander', 'motion', 'battery_low'],
  commands: ['locate', 'config'],
}
const PHONE: ModelClass = { ...worn, kind: 'phone', reports: ['wander', 'wander_end'], commands: ['locate', 'config'] }

/** Devices with a SIM card that are worn: GPS watches, pendants, phones. */
export const WEARABLE_MODELS = [
  ...models(
    ['watch'],
    [
      ['GPS watch', '3G-ELEC, Beesure, SeTracker and others', 'GPS 定位手表', 'GPS watch', WATCH],
      ['GPS watch 4G', '3G-ELEC, Beesure, SeTracker and others', '4G 健康定位手表', 'GPS health watch, 4G', WATCH],
    ],
  ),
  ...models(
    ['minifinder2'],
    [
      ['EV07B', 'EView', '呼叫吊坠', 'SOS pendant', PENDANT],
      ['MiniFinder', 'MiniFinder', '呼叫吊坠', 'SOS pendant', PENDANT],
    ],
  ),
  ...models(['owntracks'], [['OwnTracks', 'OwnTracks', '手机定位', 'Phone with OwnTracks', PHONE]]),
]
