import type { Sentence } from './template.ts'

export const BUTTON_RULES = {
  'buttons.urgent_help': {
    'zh-CN': '{within:lasting}内按了 {presses} 次求助键,按紧急呼叫处理',
    en: 'The help key was pressed {presses} times within {within:lasting}: taken as an emergency',
  },
  'buttons.repeated': {
    'zh-CN': '{within:lasting}内连按了 {presses} 次紧急呼叫',
    en: 'The emergency key was pressed {presses} times within {within:lasting}',
  },
  'buttons.runaway': {
    'zh-CN': '设备在{within:lasting}内发出 {presses} 次同样的报警,可能卡住或失灵;再来的只计数',
    en: 'The device sent {presses} alarms of one kind within {within:lasting}: it may be stuck; more are only counted',
  },
} as const satisfies Record<string, Sentence>
