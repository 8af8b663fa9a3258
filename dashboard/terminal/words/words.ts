import type { CallKind, Step, Waiting } from '../call.ts'
import type { Saying } from '../machine.ts'
import type { LinkState } from '../mqtt/link-view.ts'
import type { DimLevel } from '../settings.ts'

/** Everything the terminal says, written or spoken. Keys and answers are for the resident, `service` for the installer. */
export interface Words {
  title: string
  weekdays: readonly [string, string, string, string, string, string, string]
  keys: Record<CallKind, { word: string; hint: string }>
  /** The red key while a call is shown. */
  again: string
  cancel: { word: string; hint: string }
  understood: string
  hold: string
  battery(percent: number, charging: boolean): string
  links: Record<LinkState, string>
  /** The strip below the keys. */
  strip: Record<LinkState, (waited: string) => string>
  notSetUp: string
  steps: Record<Step, { word: string; line: string }>
  /** In the row of steps; as short as can be. */
  stepNames: Record<'received' | 'answered' | 'dispatched' | 'arrived', string>
  waiting: Record<Exclude<Waiting, 'received'>, { word: string; line: string }>
  cancelling: string
  unanswered: string
  /** Before the number. */
  callPhone: string
  shout: string
  elapsed(ms: number): string
  waited(elapsed: string): string
  ago(elapsed: string): string
  notice: { message: string; ring: string; more(count: number): string }
  elsewhere: { word: string; line: string; here: string }
  say: Record<Saying, string>
  sayPhone(phone: string): string
  service: ServiceWords
}

export interface ServiceWords {
  confirm: string
  yes: string
  no: string
  title: string
  setup: string
  setupLine: string
  deviceId: string
  secret: string
  secretKept: string
  name: string
  nameHint: string
  phone: string
  phoneHint: string
  save: string
  badDeviceId: string
  badSecret: string
  badPhone: string
  language: string
  dim: string
  dimLevels: Record<DimLevel, string>
  login: string
  test: string
  testSending: string
  testStored(time: string): string
  volume: string
  volumeLine: string
  fullScreen: string
  location: string
  locationGiven: string
  microphone: string
  microphoneGiven: string
  checks: string
  checkNames: Record<CheckName, string>
  checkHelp: Record<CheckName, string>
  waiting(count: number): string
  version: string
  back: string
}

/** What the installer has to see at a glance. */
export const CHECKS = ['connected', 'screen', 'offline', 'voice', 'microphone', 'battery', 'storage'] as const
export type CheckName = (typeof CHECKS)[number]

/** A telephone number as it is spoken, digit by digit. */
export const digitsOf = (phone: string): string =>
  phone
    .replace(/[^0-9]/g, '')
    .split('')
    .join(' ')
