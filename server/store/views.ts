/** What several queries share in showing rows. */

export const iso = (time: Date | null): string | null => time?.toISOString() ?? null

const shanghai = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' })

/**
 * Age in whole years on the day of `now` in Shanghai.
 * @param birthDate yyyy-mm-dd
 */
export function ageAt(birthDate: string | null, now: number): number | null {
  if (birthDate === null) return null
  const today = shanghai.format(now)
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** Leaves the first three and last four digits: 13987652208 → 139****2208. */
export function maskPhone(phone: string): string {
  return phone.replace(/^(.{3}).{2,}(.{4})$/, '$1****$2')
}
