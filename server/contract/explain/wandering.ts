import type { Sentence } from './template.ts'

/** Where the resident is: fences, night, silence outside, usual ways. */
export const WANDERING_RULES = {
  'wandering.outside': {
    'zh-CN': '{since:time} 起在“{fence}”范围之外,超出边界 {beyond:m}(定位误差约 {acc:m})',
    en: 'Outside "{fence}" since {since:time}, {beyond:m} beyond its border (accuracy {acc:m})',
  },
  'wandering.night_exit': {
    'zh-CN': '夜间 {at:time} 入户门被打开,之后 {within:lasting}内没有任何回家的迹象',
    en: 'The front door was opened at {at:time} in the night, and {within:lasting} later there is no sign of a return',
  },
  'wandering.silent_outside': {
    'zh-CN':
      '人在外面,已 {silence:lasting}没有可用定位;最后位置 {at:time},离家 {away:m}(误差约 {acc:m}),设备 {device},电量 {battery}%',
    en: 'Out, and no usable position for {silence:lasting}; last one {at:time}, {away:m} from home (accuracy {acc:m}), device {device}, battery {battery} %',
  },
  'wandering.heard_again': {
    'zh-CN': '{at:time} 又收到定位,此前 {silence:lasting}没有消息',
    en: 'A position came in again at {at:time}, after {silence:lasting} of silence',
  },
  'wandering.returned': {
    'zh-CN': '{at:time} 已回到范围内或家中',
    en: 'Back in the area, or at home, at {at:time}',
  },
  'wandering.route': {
    'zh-CN': '外出途中离平时常走的路线 {off:m} 以上(已知散步 {walks} 次)',
    en: 'On a walk, {off:m} away from every way usually taken (known walks: {walks})',
  },
  'wandering.route_end': { 'zh-CN': '{at:time} 散步结束,已到家', en: 'The walk ended at home at {at:time}' },
} as const satisfies Record<string, Sentence>
