/** What the terminal keeps of its installation. Pure; device/store.ts keeps it. */

export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
/** How bright the dim clock is. */
export const DIM_LEVELS = ['bright', 'medium', 'dark'] as const
export type DimLevel = (typeof DIM_LEVELS)[number]

export interface Settings {
  deviceId: string
  secret: string
  /** Of this installation, for the MQTT client id. */
  installationId: string
  /** Shown at the top; a home's name, may be empty. */
  name: string
  /** The number to ring when there is no network; may be empty. */
  phone: string
  language: Language
  dim: DimLevel
  /** Between two heartbeats, s. */
  intervalSeconds: number
}

export const DEFAULT_INTERVAL_SECONDS = 600

export function newSettings(installationId: string, language: Language): Settings {
  return {
    deviceId: '',
    secret: '',
    installationId,
    name: '',
    phone: '',
    language,
    dim: 'medium',
    intervalSeconds: DEFAULT_INTERVAL_SECONDS,
  }
}

/** As the contract writes device ids (server/contract/device.ts). */
const DEVICE_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/
const MAX_SECRET = 256
const PHONE = /^\+?[0-9][0-9 -]{1,24}$/

export const isDeviceId = (value: string): boolean => DEVICE_ID.test(value)
export const isSecret = (value: string): boolean => value.length > 0 && value.length <= MAX_SECRET
export const isPhone = (value: string): boolean => value === '' || PHONE.test(value)
export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value)
const isDim = (value: unknown): value is DimLevel => DIM_LEVELS.some((level) => level === value)

/** True when there is a login. */
export const isInstalled = ({ deviceId, secret }: Settings): boolean => deviceId !== '' && secret !== ''

/**
 * What a QR code's address carries behind the `#` (never sent to any server): `id` and `key`, and perhaps `name`, `phone`,
 * `lang`. Null when there is no login in it.
 */
export function settingsInFragment(fragment: string): Partial<Settings> | null {
  const values = new URLSearchParams(fragment.replace(/^#/, ''))
  const deviceId = (values.get('id') ?? '').trim()
  const secret = (values.get('key') ?? '').trim()
  if (!isDeviceId(deviceId) || !isSecret(secret)) return null
  const phone = (values.get('phone') ?? '').trim()
  const language = values.get('lang')
  const name = values.get('name')
  return {
    deviceId,
    secret,
    ...(name === null ? {} : { name: name.trim().slice(0, 20) }),
    ...(phone !== '' && isPhone(phone) ? { phone } : {}),
    ...(isLanguage(language) ? { language } : {}),
  }
}

/** Settings from what was stored; whatever can't be read takes its default. */
export function settingsFrom(stored: unknown, defaults: Settings): Settings {
  if (typeof stored !== 'object' || stored === null) return defaults
  const values: Partial<Record<keyof Settings, unknown>> = stored
  const text = (key: 'deviceId' | 'secret' | 'installationId' | 'name' | 'phone') => {
    const value = values[key]
    return typeof value === 'string' ? value : defaults[key]
  }
  const { language, dim, intervalSeconds } = values
  const isInterval = typeof intervalSeconds === 'number' && intervalSeconds >= 10 && intervalSeconds <= 86_400
  return {
    deviceId: text('deviceId'),
    secret: text('secret'),
    installationId: text('installationId'),
    name: text('name'),
    phone: text('phone'),
    language: isLanguage(language) ? language : defaults.language,
    dim: isDim(dim) ? dim : defaults.dim,
    intervalSeconds: isInterval ? intervalSeconds : defaults.intervalSeconds,
  }
}
