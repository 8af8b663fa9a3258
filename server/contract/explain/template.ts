export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
export type Sentence = Readonly<Record<Language, string>>
type Values = Readonly<Record<string, string | number>>

/** The city's clock: all of China goes by UTC+8, without summer time. Ms. */
export const CITY_OFFSET_MS = 8 * 3_600_000

/** How a value is written: `{name:format}`. Without a format it stands as it is; numbers with at most one decimal. */
const FORMATS: Record<string, (value: string | number, language: Language) => string> = {
  time: (value) => clock(Number(value)),
  lasting: (value, language) => lasting(Number(value), language),
  m: (value, language) => metres(Number(value), language),
}

const PLACE = /\{(\w+)(?::(\w+))?\}/g

/** Puts the values into a sentence's places. A value that is missing leaves `?`, so that nothing fails for a word. */
export function fill(sentence: string, values: Values, language: Language): string {
  return sentence.replaceAll(PLACE, (_place, name: string, format: string | undefined) => {
    const value = values[name]
    if (value === undefined) return '?'
    const write = format === undefined ? undefined : FORMATS[format]
    if (write) return write(value, language)
    return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
  })
}

/** 09:41, or 26-11-28 09:41 would be too long for a sentence: the alert has its date. */
function clock(ms: number): string {
  return new Date(ms + CITY_OFFSET_MS).toISOString().slice(11, 16)
}

const UNITS = {
  'zh-CN': { s: ' 秒', min: ' 分钟', h: ' 小时', d: ' 天' },
  en: { s: ' s', min: ' min', h: ' h', d: ' days' },
} as const

function lasting(ms: number, language: Language): string {
  const unit = UNITS[language]
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds}${unit.s}`
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)}${unit.min}`
  const hours = Math.round(seconds / 360) / 10
  return hours < 48 ? `${hours}${unit.h}` : `${Math.round(hours / 2.4) / 10}${unit.d}`
}

function metres(value: number, language: Language): string {
  if (value < 1_000) return `${Math.round(value)}${language === 'en' ? ' m' : ' 米'}`
  return `${Math.round(value / 100) / 10}${language === 'en' ? ' km' : ' 公里'}`
}
