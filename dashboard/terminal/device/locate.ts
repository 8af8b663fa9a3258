/** The answer to `locate`: where the device is (WGS-84 degrees, m), or a named reason why that isn't known. */
export type Located =
  | { ok: true; lat: number; lon: number; acc: number; ts: number }
  | { ok: false; reason: 'unsupported' | 'not_allowed' | 'unavailable' | 'timeout' }

const TIMEOUT_MS = 20_000
const REASONS = { 1: 'not_allowed', 2: 'unavailable', 3: 'timeout' } as const

/** Asks the device where it is. Never asks the person: a question nobody answers would hang on the screen. */
export async function locate(): Promise<Located> {
  if (!('geolocation' in navigator)) return { ok: false, reason: 'unsupported' }
  return (await isLocationAllowed()) ? ask() : { ok: false, reason: 'not_allowed' }
}

/** Asks the person, at the installer's wish. */
export const askForLocation = (): Promise<Located> =>
  'geolocation' in navigator ? ask() : Promise.resolve({ ok: false, reason: 'unsupported' })

async function isLocationAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted'
  } catch {
    // No such API (old Safari): then it can't be told without asking.
    return false
  }
}

function ask(): Promise<Located> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        resolve({ ok: true, lat: coords.latitude, lon: coords.longitude, acc: coords.accuracy, ts: timestamp }),
      ({ code }) => resolve({ ok: false, reason: code === 1 || code === 3 ? REASONS[code] : 'unavailable' }),
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 60_000 },
    )
  })
}
