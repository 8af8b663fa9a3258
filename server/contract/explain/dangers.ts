import type { Sentence } from './template.ts'

export const DANGER_RULES = {
  'dangers.door_open': {
    'zh-CN': '大门从 {since:time} 起一直开着,已 {lasting:lasting}',
    en: 'The front door has stood open since {since:time}, for {lasting:lasting}',
  },
  'dangers.door_closed': { 'zh-CN': '大门在 {at:time} 关上了', en: 'The front door was closed at {at:time}' },
  'dangers.heat': {
    'zh-CN': '室温 {value} °C,高于 {limit} °C 已持续 {lasting:lasting}',
    en: 'The room has been hotter than {limit} °C for {lasting:lasting}; now {value} °C',
  },
  'dangers.cold': {
    'zh-CN': '室温 {value} °C,低于 {limit} °C 已持续 {lasting:lasting}',
    en: 'The room has been colder than {limit} °C for {lasting:lasting}; now {value} °C',
  },
  'dangers.mild': {
    'zh-CN': '室温在 {at:time} 恢复到 {value} °C',
    en: 'The room was back at {value} °C at {at:time}',
  },
  'dangers.corroborated': {
    'zh-CN': '{apart:lasting}之内有另一台烟雾报警器也报警',
    en: 'Another smoke detector raised the alarm within {apart:lasting}',
  },
  'dangers.smoke_and_heat': {
    'zh-CN': '{apart:lasting}之内既有烟雾报警,又测到 {value} °C 的高温',
    en: 'Smoke, and heat of {value} °C, within {apart:lasting}',
  },
} as const satisfies Record<string, Sentence>
