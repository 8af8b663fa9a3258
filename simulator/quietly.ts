import type { Logger } from 'pino'

/** Nobody waits for it: that it could not be told is of interest to whoever looks for a fault. */
export function quietly(told: Promise<unknown>, log: Logger, deviceId: string): void {
  told.catch((err: unknown) => log.debug({ deviceId, err }, 'not told, or not acknowledged'))
}
