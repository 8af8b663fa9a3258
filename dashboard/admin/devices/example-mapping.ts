import type { Mapping } from '../../../server/contract/mapping-types.ts'

/** A mapping to begin with: a key, a contact and the battery of a device that publishes JSON on `home/state`. */
export const EXAMPLE_MAPPING: Mapping = {
  name: 'Example',
  rules: [
    {
      topic: 'home/state',
      events: [{ value: 'button', press: { single: 'single', double: 'double', hold: 'long' } }],
      levels: [{ level: 'door', value: 'door', words: { open: 'door_open', closed: 'door_close' }, calm: ['closed'] }],
      telemetry: { battery: 'battery' },
    },
    { topic: 'home/status', payload: 'text', presence: { online: ['online'], offline: ['offline'] } },
  ],
}
