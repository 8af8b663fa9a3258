import type { EventType, SignalType } from '../../../server/contract/signal.ts'

/**
 * The alarm word of record 0x02. Bits 0, 2, 4–7, 10 and 12 as in EView's protocol documents and Traccar (the direction of
 * fence n is bit 25 + n: 1 entered, 0 left); 3, 11, 13–17, 19, 21, 24 and 25 as an installer of these pendants reads them.
 */
interface Alarm {
  bit: number
  type: EventType
  detail: Readonly<Record<string, string | number>>
}

const ALARMS: readonly Alarm[] = [
  { bit: 12, type: 'sos', detail: {} },
  { bit: 2, type: 'fall', detail: {} },
  // Lies at an angle for some time: a fall that the shock sensor hasn't seen.
  { bit: 3, type: 'fall_suspected', detail: { reason: 'tilt' } },
  { bit: 24, type: 'wander', detail: { fence: 'exit', zone: 'home', by: 'device' } },
  { bit: 11, type: 'inactivity', detail: { reason: 'no_motion' } },
  { bit: 19, type: 'inactivity', detail: { reason: 'welfare_check' } },
  { bit: 13, type: 'button', detail: { press: 'single', key: '1' } },
  { bit: 14, type: 'button', detail: { press: 'single', key: '2' } },
  { bit: 8, type: 'device_fault', detail: { reason: 'power_off' } },
  { bit: 0, type: 'battery_low', detail: {} },
  { bit: 25, type: 'wander_end', detail: { fence: 'enter', zone: 'home', by: 'device' } },
  { bit: 10, type: 'motion', detail: {} },
]
const FENCES = [1, 2, 3, 4] as const
const FENCE_BIT = 3
const FENCE_DIRECTION_BIT = 25
/**
 * Known, and nothing to tell: overspeed, power on, charging starts, charging stops, the SOS call is over, the fall alarm is
 * over (neither says that the person is well), the fences' directions, a barking dog.
 */
const SILENT_BITS = [1, 9, 15, 16, 17, 21, 26, 27, 28, 29, 31]

const isSet = (word: number, bit: number): boolean => ((word >>> bit) & 1) === 1
const KNOWN = [...ALARMS.map((alarm) => alarm.bit), 4, 5, 6, 7, ...SILENT_BITS].reduce(
  (mask, bit) => mask | (1 << bit),
  0,
)

export type AlarmMeaning = Pick<Alarm, 'type' | 'detail'>

/** Every alarm in the word, the most urgent first. A word of 0, or of a bit that nobody knows, is a general alarm. */
export function alarmsIn(word: number): AlarmMeaning[] {
  const found: AlarmMeaning[] = ALARMS.filter((alarm) => isSet(word, alarm.bit))
  for (const zone of FENCES) {
    if (!isSet(word, FENCE_BIT + zone)) continue
    const hasEntered = isSet(word, FENCE_DIRECTION_BIT + zone)
    const detail = { fence: hasEntered ? 'enter' : 'exit', zone, by: 'device' }
    found.push({ type: hasEntered ? 'wander_end' : 'wander', detail })
  }
  const isUnknown = word === 0 || (word & ~KNOWN) !== 0
  if (isUnknown && !found.some(({ type }) => isEmergency(type))) found.push({ type: 'general_alarm', detail: {} })
  return found.toSorted((a, b) => rank(a) - rank(b))
}

/** The operators are alarmed at once. */
export function isEmergency(type: SignalType): boolean {
  return type === 'sos' || type === 'fall'
}

/** What takes an alarm back stands before what raises it: somebody who left one fence and entered another is still away. */
const RANKS: readonly EventType[] = ['sos', 'fall', 'fall_suspected', 'wander_end', 'motion', 'wander', 'general_alarm']

function rank({ type }: AlarmMeaning): number {
  const index = RANKS.indexOf(type)
  return index < 0 ? RANKS.length : index
}
