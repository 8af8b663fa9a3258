import { type Language, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'

/** `10:41` today, `9月3日 10:41` on any other day: minutes are exact enough for what is agreed. */
export function minuteText(at: string, language: Language): string {
  return timeText(at, serverNow(), language).replace(/(\d\d:\d\d):\d\d$/, '$1')
}
