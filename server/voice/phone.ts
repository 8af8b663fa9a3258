/** Telephone numbers: how they are compared, shown and dialled. Pure. */

/** How numbers are dialled from a desk: by the computer's telephone program, or through a SIP client and its exchange. */
export type DialSettings = { scheme: 'tel' } | { scheme: 'sip'; domain: string }

/**
 * A number as it is compared: digits, without the country's own prefix (+86, 0086, 86), however it was written. Numbers of
 * other countries keep theirs.
 */
export function plainNumber(number: string): string {
  const digits = number.replace(/\D/g, '').replace(/^00/, '')
  // Mainland numbers are 11 digits (mobile) or a 0, area code and 7 or 8 digits; without a trunk 0 behind +86.
  const home = digits.length > 11 && digits.startsWith('86') ? digits.slice(2) : digits
  return home.replace(/^0+/, '')
}

/** Shorter is a service or an extension, which says nothing about who called. */
const LEAST_DIGITS = 7
export const isTelling = (plain: string): boolean => plain.length >= LEAST_DIGITS

/** The address that a click opens: `tel:` (RFC 3966) or `sip:` (RFC 3261). */
export function dialUri(number: string, settings: DialSettings): string {
  const dialled = `${number.trim().startsWith('+') ? '+' : ''}${number.replace(/\D/g, '')}`
  return settings.scheme === 'tel' ? `tel:${dialled}` : `sip:${dialled}@${settings.domain}`
}

/** Masked in the middle, as in residents' files. */
export const maskNumber = (number: string): string => number.replace(/^(.{3}).{2,}(.{4})$/, '$1****$2')
