import { ACTION_ATTRIBUTES } from './actions.ts'
import { isLevel } from './levels.ts'
import { READINGS } from './readings.ts'

const ENDPOINT =
  /^(?:l?\d{1,3}|ep\d{1,3}|left|right|center|centre|middle|top|bottom|up|down|both|main|outer|inner|row_\d|default)$/

/** Names of a device's endpoints, as zigbee-herdsman-converters appends them: `contact_l1`, `NAME/left`. */
export const isEndpoint = (text: string): boolean => ENDPOINT.test(text)

/** True for a key of a state message that this protocol reads. */
export function isAttribute(name: string): boolean {
  return isLevel(name) || READINGS.has(name) || ACTION_ATTRIBUTES.has(name) || name === 'last_seen'
}

/** True for an attribute that may tell an alarm. */
export const isAlarmAttribute = (name: string): boolean => isLevel(name) || ACTION_ATTRIBUTES.has(name)
