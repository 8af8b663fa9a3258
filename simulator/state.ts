import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { VirtualDevice, VirtualHome } from '../server/contract/ports.ts'
import { UsageError } from './options.ts'

/** What a run leaves for the next: the homes made on one platform, with their devices' secrets. */
export interface SimulatorState {
  version: 1
  /** The platform that knows these devices. */
  url: string
  homes: VirtualHome[]
  /** LoRaWAN network servers, which serve many homes. */
  servers: VirtualDevice[]
}

/**
 * Reads the state of earlier runs; an empty one when there is no file yet.
 * @throws UsageError when the file is not ours or belongs to another platform
 */
export async function readState(file: string, url: string): Promise<SimulatorState> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { version: 1, url, homes: [], servers: [] }
    throw new UsageError(`--state ${file} can't be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const state = parse(text)
  if (!state) throw new UsageError(`--state ${file} is not a simulator's state: name another file`)
  if (state.url !== url) throw new UsageError(`--state ${file} belongs to ${state.url}: name another file for ${url}`)
  return state
}

/** Replaces the file in one step; only its owner may read it, since it holds secrets. */
export async function writeState(file: string, state: SimulatorState): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    const next = `${file}.new`
    await writeFile(next, `${JSON.stringify(state)}\n`, { mode: 0o600 })
    // The mode above counts only for a file that was not there.
    await chmod(next, 0o600)
    await rename(next, file)
  } catch (error) {
    throw new UsageError(`--state ${file} can't be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parse(text: string): SimulatorState | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  // A state of before there were servers has none.
  const whole = has(value, {}) ? { servers: [], ...(value as object) } : value
  return isState(whole) ? whole : null
}

const has = (value: unknown, shape: Record<string, (field: unknown) => boolean>): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(shape).every(([key, fits]) => fits(Reflect.get(value, key)))
const isText = (field: unknown) => typeof field === 'string'
const isNumber = (field: unknown) => typeof field === 'number'
const isList = (of: (item: unknown) => boolean) => (field: unknown) => Array.isArray(field) && field.every(of)

function isState(value: unknown): value is SimulatorState {
  return has(value, { version: (field) => field === 1, url: isText, homes: isList(isHome), servers: isList(isDevice) })
}
function isHome(value: unknown): value is VirtualHome {
  return has(value, { homeId: isText, lat: isNumber, lon: isNumber, devices: isList(isDevice) })
}
function isDevice(value: unknown): value is VirtualDevice {
  const room = (field: unknown) => field === null || isText(field)
  const maybe = (field: unknown) => field === undefined || isText(field)
  const isKnown = has(value, { protocol: maybe, hubId: maybe, address: maybe, model: maybe })
  return isKnown && has(value, { deviceId: isText, secret: isText, kind: isText, room })
}
