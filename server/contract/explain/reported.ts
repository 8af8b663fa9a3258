import type { Sentence } from './template.ts'

/** What devices say themselves. */
export const REPORTED_RULES = {
  'reported.alarm': {
    'zh-CN': '设备在 {at:time} 自己发出了这条报警',
    en: 'The device itself reported this at {at:time}',
  },
  'reported.role': {
    'zh-CN': '{at:time} 设备被触发,它在这个家里代表这种报警',
    en: 'The device was triggered at {at:time}; in this home it stands for this alarm',
  },
  'reported.unreadable': {
    'zh-CN': '{at:time} 收到一条无法读懂的报警消息,可能有人求助',
    en: 'A message on an alarm channel could not be read at {at:time}: somebody may have called',
  },
  'reported.clear': {
    'zh-CN': '设备在 {at:time} 报告情况已解除',
    en: 'The device reported the end of it at {at:time}',
  },
  'reported.cancel': { 'zh-CN': '老人在 {at:time} 自己取消了', en: 'The resident took it back at {at:time}' },
} as const satisfies Record<string, Sentence>
