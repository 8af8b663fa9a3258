import type { Sentence } from './template.ts'

/** Silence that is unusual for this resident. */
export const ROUTINE_RULES = {
  'routine.no_waking_sign': {
    'zh-CN':
      '近 {days} 天里有 {onDays} 天在 {usual:time} 前已有活动;今天从 {from:time} 到 {until:time} 没有任何活动迹象',
    en: 'On {onDays} of {days} days there was a sign of life by {usual:time}; today there was none from {from:time} to {until:time}',
  },
  'routine.silence': {
    'zh-CN': '从 {from:time} 起 {lasting:lasting}没有任何活动迹象;平时白天最长约{longest:lasting}',
    en: 'No sign of life since {from:time}, for {lasting:lasting}; usually it is {longest:lasting} at most in the daytime',
  },
  'routine.seen': { 'zh-CN': '{at:time} 又有了活动迹象', en: 'There was a sign of life at {at:time}' },
} as const satisfies Record<string, Sentence>
