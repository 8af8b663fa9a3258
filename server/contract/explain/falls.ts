import type { Sentence } from './template.ts'

export const FALL_RULES = {
  'falls.cancelled_in_time': {
    'zh-CN': '跌倒后 {after:lasting},老人自己取消了(取消时限 {within:lasting})',
    en: 'The resident took it back {after:lasting} after the fall, within the {within:lasting} allowed',
  },
  'falls.cancelled_late': {
    'zh-CN': '跌倒后 {after:lasting}才取消(取消时限 {within:lasting}),仍需确认',
    en: 'Taken back {after:lasting} after the fall, later than the {within:lasting} allowed: still to be asked about',
  },
  'falls.still': {
    'zh-CN': '{since:time} 跌倒后 {lasting:lasting}没有发现任何动静',
    en: 'No sign of movement for {lasting:lasting} after the fall at {since:time}',
  },
  'falls.motionless': {
    'zh-CN': '{at:time} 设备报告跌倒的人没有动静',
    en: 'The device reported at {at:time} that whoever fell does not move',
  },
  'falls.unwatched': {
    'zh-CN': '家里没有能看出动静的设备,无法判断跌倒后是否静止',
    en: 'No device of this home shows movement: it cannot be said whether anybody moves since the fall',
  },
  'falls.corroborated': {
    'zh-CN': '{apart:lasting}之内有另一台设备也报告了跌倒或呼救',
    en: 'Another device told of a fall or called for help within {apart:lasting}',
  },
  'falls.again': { 'zh-CN': '{at:time} 设备又报告了跌倒', en: 'The device reported a fall again at {at:time}' },
  'falls.moved_room': {
    'zh-CN': '跌倒后,{at:time} 在“{room}”发现有人走动',
    en: 'Movement was seen in another room ({room}) at {at:time}, after the fall',
  },
  'falls.moved_steps': {
    'zh-CN': '跌倒后到 {at:time} 又走了 {steps} 步',
    en: '{steps} steps were walked after the fall, up to {at:time}',
  },
  'falls.moved_place': {
    'zh-CN': '跌倒后到 {at:time},佩戴的设备移动了 {distance:m}',
    en: 'The worn device had moved {distance:m} away by {at:time}, after the fall',
  },
  'falls.moved_bed': { 'zh-CN': '跌倒后,{at:time} 上了床', en: 'Somebody got into bed at {at:time}, after the fall' },
  'falls.moved_door': {
    'zh-CN': '跌倒后屋内有动静,{at:time} 门从里面打开或关上',
    en: 'A door was used from inside at {at:time}, after the fall',
  },
  'falls.moved_used': {
    'zh-CN': '跌倒后,{at:time} 有人使用了按键或终端',
    en: 'A key or the terminal was used at {at:time}, after the fall',
  },
  'falls.no_recovery': {
    'zh-CN': '{since:time} 跌倒,{lasting:lasting}过去仍没有任何动静',
    en: 'No sign of movement in the {lasting:lasting} since the fall at {since:time}',
  },
  'falls.no_recovery_unwatched': {
    'zh-CN': '{since:time} 跌倒,{lasting:lasting}过去没有消息;家里没有能看出动静的设备',
    en: 'Nothing was heard in the {lasting:lasting} since the fall at {since:time}; no device of this home shows movement',
  },
  'falls.not_up': {
    'zh-CN': '{since:time} 跌倒,{lasting:lasting}内有动静({seen:time}),但没有发现老人起身',
    en: 'Something moved at {seen:time}, but nobody was seen to get up in the {lasting:lasting} since the fall at {since:time}',
  },
} as const satisfies Record<string, Sentence>
