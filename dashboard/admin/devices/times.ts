import type { Language } from '../../ui/formats.ts'

/** Times in words, roughly: a list is read at a glance. Pure. */

const UNITS: Record<Language, readonly [string, string, string, string]> = {
  'zh-CN': [' 秒', ' 分钟', ' 小时', ' 天'],
  en: [' s', ' min', ' h', ' d'],
}
const STEPS = [1, 60, 3600, 86_400] as const

/** `45 秒`, `3 分钟`, `2 小时`, `12 天`. @param seconds negative counts as 0 */
export function roughDuration(seconds: number, language: Language): string {
  const s = Math.max(0, seconds)
  const unit = s < 60 ? 0 : s < 3600 ? 1 : s < 2 * 86_400 ? 2 : 3
  return `${Math.floor(s / STEPS[unit])}${UNITS[language][unit]}`
}

/** `刚刚`, `3 分钟前`. @param seconds since then */
export function agoText(seconds: number, language: Language): string {
  if (seconds < 5) return language === 'en' ? 'just now' : '刚刚'
  const duration = roughDuration(seconds, language)
  return language === 'en' ? `${duration} ago` : `${duration}前`
}

/** `3 分钟内`, or `已晚 12 分钟` once it is past. @param seconds until then; negative: overdue */
export function expectedText(seconds: number, language: Language): string {
  const duration = roughDuration(Math.abs(seconds), language)
  if (seconds >= 0) return language === 'en' ? `within ${duration}` : `${duration}内`
  return language === 'en' ? `${duration} late` : `已晚 ${duration}`
}
