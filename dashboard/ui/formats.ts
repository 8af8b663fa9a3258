/** Texts of times and figures. Pure; the city lives in one time zone, whatever the desk's computer thinks. */
const ZONE = 'Asia/Shanghai'

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const day = {
  'zh-CN': new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, month: 'long', day: 'numeric' }),
  en: new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, month: 'short', day: 'numeric' }),
}
const isoDay = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })

export type Language = keyof typeof day

const two = (n: number) => String(n).padStart(2, '0')

/** `10:41:53` in Shanghai. @param at ISO 8601 or ms since the epoch */
export function clockTime(at: string | number): string {
  return clock.format(new Date(at))
}

/** `10:41:53.204` in Shanghai. */
export function clockTimeMs(at: string | number): string {
  const date = new Date(at)
  return `${clock.format(date)}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`
}

/** `9月3日` or `3 Sept`. */
export function dayText(at: string | number, language: Language): string {
  return day[language].format(new Date(at))
}

/** The clock time today, with the day before it on any other day. @param now ms since the epoch */
export function timeText(at: string | number, now: number, language: Language): string {
  const same = isoDay.format(new Date(at)) === isoDay.format(new Date(now))
  return same ? clockTime(at) : `${dayText(at, language)} ${clockTime(at).slice(0, 5)}`
}

/** `10:41` today, the day on any other day: when a state began. @param now ms since the epoch */
export function sinceText(at: string | number, now: number, language: Language): string {
  const same = isoDay.format(new Date(at)) === isoDay.format(new Date(now))
  return same ? clockTime(at).slice(0, 5) : dayText(at, language)
}

/** `00:14`, `1:02:33`, `2d 03h`: an age in figures that keep their width. @param seconds negative counts as 0 */
export function ageText(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s >= 86_400) return `${Math.floor(s / 86_400)}d ${two(Math.floor(s / 3600) % 24)}h`
  const tail = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  return s >= 3600 ? `${Math.floor(s / 3600)}:${tail}` : tail
}

const UNITS: Record<Language, { s: string; m: string; h: string; d: string }> = {
  'zh-CN': { s: '秒', m: '分', h: '小时', d: '天' },
  en: { s: 's', m: 'min', h: 'h', d: 'd' },
}

/** `14 秒`, `6 分 20 秒`, `3 小时`: a duration in words, at most two units. */
export function durationText(seconds: number, language: Language): string {
  const u = UNITS[language]
  const s = Math.max(0, Math.round(seconds))
  if (s < 60) return `${s} ${u.s}`
  if (s < 3600) return s % 60 === 0 ? `${s / 60} ${u.m}` : `${Math.floor(s / 60)} ${u.m} ${s % 60} ${u.s}`
  const minutes = Math.round(s / 60)
  if (s < 86_400) {
    return minutes % 60 === 0 ? `${minutes / 60} ${u.h}` : `${Math.floor(minutes / 60)} ${u.h} ${minutes % 60} ${u.m}`
  }
  return `${Math.floor(s / 86_400)} ${u.d}`
}

/** `98.2%`, `100%`, or a dash without a value. @param share 0…1 */
export function percentText(share: number | null): string {
  if (share === null) return '—'
  return share === 1 ? '100%' : `${(Math.floor(share * 1000) / 10).toFixed(1)}%`
}

/** `29,412` */
export function countText(n: number): string {
  return n.toLocaleString('en-US')
}

/** The last characters of an id: enough to tell two apart aloud, not enough to look a person up. */
export function shortId(id: string): string {
  return id.replaceAll('-', '').slice(-6).toUpperCase()
}

/** `28.40312° N  117.43407° E` (WGS-84) */
export function coordinateText(lat: number, lon: number): string {
  return `${Math.abs(lat).toFixed(5)}° ${lat < 0 ? 'S' : 'N'}  ${Math.abs(lon).toFixed(5)}° ${lon < 0 ? 'W' : 'E'}`
}

/** Any later than 2001 as ms since the epoch: no duration, distance or count is as large. */
const A_TIME = 1e12

/** A moment as day and clock, other numbers with at most two decimals. */
export function figureText(value: string | number, language: Language): string {
  if (typeof value === 'string') return value
  if (value >= A_TIME) return `${dayText(value, language)} ${clockTime(value)}`
  return String(Math.round(value * 100) / 100)
}
