const whole = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' })

/** `2026-10-03 10:41:53` in Shanghai: of years ago, too. */
export const wholeTime = (at: string): string => whole.format(new Date(at))

/** `3.2 MB`, `412 KB` */
export function sizeText(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.ceil(bytes / 1_000)} KB`
}
