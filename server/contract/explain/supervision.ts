import type { Sentence } from './template.ts'

/** Devices that fall silent, one by one or many at once. */
export const SUPERVISION_RULES = {
  'supervision.late': {
    'zh-CN': '设备最后一次有消息是在 {silent:lasting} 前,它最长只应沉默 {allowed:lasting}',
    en: 'The device was last heard of {silent:lasting} ago; it may be silent for {allowed:lasting}',
  },
  'supervision.never': {
    'zh-CN': '设备登记 {silent:lasting} 以来从未有过消息,它最长只应沉默 {allowed:lasting}',
    en: 'The device was never heard of in {silent:lasting} since it was registered; it may be silent for {allowed:lasting}',
  },
  'supervision.hub': {
    'zh-CN':
      '网关最后一次有消息是在 {silent:lasting} 前,最长只应沉默 {allowed:lasting};它后面的 {behind} 台设备也收不到',
    en: 'The hub was last heard of {silent:lasting} ago and may be silent for {allowed:lasting}; {behind} devices behind it cannot be heard',
  },
  'supervision.bridge': {
    'zh-CN': '与外部网络的连接中断已 {silent:lasting},最长只应 {allowed:lasting};它后面的 {behind} 台设备也收不到',
    en: 'The link to an outside network has been silent for {silent:lasting}, {allowed:lasting} being allowed; {behind} devices behind it cannot be heard',
  },
  'supervision.returned': {
    'zh-CN': '设备在 {at:time} 又有消息,此前沉默了 {silent:lasting}',
    en: 'The device was heard of again at {at:time}, after {silent:lasting}',
  },
  'supervision.gone': {
    'zh-CN': '设备已不在使用,不再监测',
    en: 'The device is not in use any more and is not supervised',
  },
  'supervision.battery': {
    'zh-CN': '电池剩余 {battery}%,低于 {limit}%',
    en: 'The battery is at {battery} %, below {limit} %',
  },
  'supervision.battery_ok': {
    'zh-CN': '电池已恢复到 {battery}%',
    en: 'The battery is at {battery} % again',
  },
  'supervision.test': {
    'zh-CN': '设备已 {silent:lasting} 没有自检,应每 {days} 天自检一次',
    en: 'The device has not been tested for {silent:lasting}; a test is due every {days} days',
  },
  'supervision.tested': {
    'zh-CN': '设备在 {at:time} 做了自检',
    en: 'The device was tested at {at:time}',
  },
  'supervision.area': {
    'zh-CN': '同一区域 {window:lasting} 内有 {devices} 台设备失去联系(达到 {limit} 台即合并为一起事件)',
    en: '{devices} devices of one area were lost within {window:lasting}; from {limit} on they are one incident',
  },
  'supervision.area_over': {
    'zh-CN': '这一区域的 {devices} 台设备中已有 {back} 台恢复联系',
    en: '{back} of the {devices} devices of this area were heard of again',
  },
  'supervision.area_left': {
    'zh-CN': '区域事件已结束,而设备仍无消息,已沉默 {silent:lasting}',
    en: 'The incident of its area is over, and the device is still silent, for {silent:lasting} now',
  },
} as const satisfies Record<string, Sentence>
