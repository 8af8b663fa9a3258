import type { Sentence } from './template.ts'

/** What the platform says of itself, and what a drill raises. */
export const PLATFORM_RULES = {
  'platform.self_test': {
    'zh-CN': '端到端自检失败:测试报警没有按时到达坐席。{at:time} 起请人工核对设备连接与网络,必要时电话联系住户',
    en: 'The end-to-end self-test fails: test alarms do not reach a desk in time. Since {at:time}: check connections by hand, and call residents if need be',
  },
  'platform.self_test_ok': {
    'zh-CN': '端到端自检在 {at:time} 恢复正常',
    en: 'The end-to-end self-test passes again since {at:time}',
  },
  'platform.drill': {
    'zh-CN': '演练报警,{at:time} 由值班长发出',
    en: 'A drill: raised by a supervisor at {at:time}',
  },
} as const satisfies Record<string, Sentence>
