import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '../../simulator/random.ts'
import { Firmware, type FirmwareOptions, presses } from './firmware.ts'

export interface Credentials {
  deviceId: string
  secret: string
}

/** Connects one firmware per device and waits until all are logged in. */
export async function startFleet(
  devices: readonly Credentials[],
  options: Pick<FirmwareOptions, 'port' | 'gapMs' | 'keepAliveS'> & {
    seed: string
    make?: (deviceId: string) => FirmwareOptions['make']
  },
): Promise<Firmware[]> {
  const { seed, make = presses, ...rest } = options
  const fleet = devices.map(
    ({ deviceId, secret }) =>
      new Firmware({ ...rest, deviceId, secret, random: createRandom(`${seed}/${deviceId}`), make: make(deviceId) }),
  )
  for (const device of fleet) device.start()
  await until('all devices are connected', 15_000, () => fleet.every((device) => device.online))
  return fleet
}

/** Resolves when every device has had an acknowledgement after `since` (performance.now()); with the ms it took. */
export async function allAnswered(fleet: readonly Firmware[], since: number, ms: number): Promise<number> {
  const last = (device: Firmware) => device.messages.findLast(({ acknowledgedAt }) => acknowledgedAt !== null)
  await until('every device has a PUBACK', ms, () =>
    fleet.every((device) => (last(device)?.acknowledgedAt ?? 0) >= since),
  )
  return Math.round(performance.now() - since)
}

/** PUBACKs between two moments. */
export function acknowledgedBetween(fleet: readonly Firmware[], from: number, to: number): number {
  return fleet
    .flatMap((device) => device.messages)
    .filter(({ acknowledgedAt }) => acknowledgedAt !== null && acknowledgedAt >= from && acknowledgedAt < to).length
}

/** The run's seed, from SEED or the clock; printed with the figures, so that a run can be repeated. */
export const SEED = process.env.SEED ?? String(Date.now())

export const seededRandom = (name: string): Random => createRandom(`${SEED}/${name}`)

/** Waits for something to be so. @throws after `ms`, naming `what` */
export async function until(what: string, ms: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + ms; !(await isSo()); await sleep(20)) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
  }
}

/** One line of figures in the test's output. */
export function report(name: string, figures: object): void {
  process.stdout.write(`${name} ${JSON.stringify({ seed: SEED, ...figures })}\n`)
}
