import { type Language, newSettings, type Settings, settingsFrom } from '../settings.ts'

const PREFIX = 'anhu.terminal.'

/** The browser's storage, or one that lasts as long as the page where there is none (cookies forbidden, say). */
export function findStorage(): { storage: Storage | null; isLasting: boolean } {
  try {
    const { localStorage: storage } = window
    storage.setItem(`${PREFIX}try`, '1')
    storage.removeItem(`${PREFIX}try`)
    return { storage, isLasting: true }
  } catch {
    // Told on the page for the installer; a page that shows nothing would be worse.
    return { storage: null, isLasting: false }
  }
}

/** Values by name, as JSON. Writing never throws: a full disk must not keep a press from being sent. */
export class Store {
  readonly #storage: Storage | null
  readonly #memory = new Map<string, string>()

  constructor(storage: Storage | null) {
    this.#storage = storage
  }

  read(name: string): unknown {
    try {
      const text = this.#memory.get(name) ?? this.#storage?.getItem(PREFIX + name) ?? 'null'
      return JSON.parse(text)
    } catch {
      // Half written at a power cut: as if it had not been there.
      return null
    }
  }

  /** True when it is kept over a reload. */
  write(name: string, value: unknown): boolean {
    const text = JSON.stringify(value)
    try {
      if (this.#storage !== null) {
        this.#storage.setItem(PREFIX + name, text)
        this.#memory.delete(name)
        return true
      }
    } catch {
      // Kept for as long as the page lives, then.
    }
    this.#memory.set(name, text)
    return false
  }
}

/** A random UUID, version 4; `crypto.randomUUID` is younger than our devices and wants HTTPS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export function readSettings(store: Store): Settings {
  const language: Language = navigator.language.toLowerCase().indexOf('zh') === 0 ? 'zh-CN' : 'en'
  const settings = settingsFrom(store.read('settings'), newSettings('', language))
  if (settings.installationId !== '') return settings
  const made = { ...settings, installationId: newId().slice(0, 13) }
  store.write('settings', made)
  return made
}
