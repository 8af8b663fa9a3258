import { queryOptions } from '@tanstack/react-query'
import type { SimulatedDevice } from '../../server/contract/api.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { request } from '../api/client.ts'

export const virtualDevicesQuery = queryOptions({
  queryKey: ['simulator', 'devices'],
  queryFn: async () => (await request<{ items: SimulatedDevice[] }>('GET', '/simulator/devices')).items,
  refetchInterval: 3000,
})

/** Presses a virtual device's button; resolves when the platform has acknowledged the event. */
export function press(deviceId: string, type: EventType): Promise<unknown> {
  return request('POST', `/simulator/devices/${encodeURIComponent(deviceId)}/press`, { type })
}
