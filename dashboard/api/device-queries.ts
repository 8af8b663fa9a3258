import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ConnectionView } from '../../server/contract/api.ts'
import type {
  BridgeView,
  CommandView,
  DeviceModelView,
  DeviceQuery,
  DeviceSettingsView,
  DeviceView,
  LifecycleEntry,
} from '../../server/contract/device.ts'
import { request } from './client.ts'
import type { CommandPage, DevicePage, ResidentPage, UnknownDevicePage } from './types.ts'

/** Everything about devices that the office pages ask for. */

/** Prefixes, for what a change makes out of date. */
export const DEVICE_KEYS = {
  all: ['devices'] as const,
  one: (deviceId: string) => ['devices', 'one', deviceId] as const,
  unknown: ['unknown-devices'] as const,
}

export const devicePath = (deviceId: string): string => `/devices/${encodeURIComponent(deviceId)}`

/** `?a=1&b=2`; what is undefined or empty is left out. */
export function queryText(values: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** One page of the list; while the next one is fetched the last one stays. */
export const devicePageQuery = (query: DeviceQuery) =>
  queryOptions({
    queryKey: ['devices', 'page', query],
    queryFn: () => request<DevicePage>('POST', '/devices/search', query),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })

export const deviceQuery = (deviceId: string) =>
  queryOptions({
    queryKey: DEVICE_KEYS.one(deviceId),
    queryFn: () => request<DeviceView>('GET', devicePath(deviceId)),
    refetchInterval: 5000,
  })

export const lifecycleQuery = (deviceId: string) =>
  queryOptions({
    queryKey: [...DEVICE_KEYS.one(deviceId), 'lifecycle'],
    queryFn: async () => (await request<{ items: LifecycleEntry[] }>('GET', `${devicePath(deviceId)}/lifecycle`)).items,
    refetchInterval: 60_000,
  })

/** How soon a list of commands is worth asking for again, ms: often while one is on its way. */
export function commandsPollMs(commands: readonly CommandView[] | undefined, now: number): number {
  const awaited = commands?.some(
    ({ state, sentAt }) =>
      state === 'queued' || (state === 'sent' && sentAt !== null && now - Date.parse(sentAt) < REPLY_WAIT_MS),
  )
  return awaited ? 2000 : 15_000
}
/** A device that answers at all mostly does so within a minute. */
const REPLY_WAIT_MS = 60_000

export const commandsQuery = (deviceId: string) =>
  queryOptions({
    queryKey: [...DEVICE_KEYS.one(deviceId), 'commands'],
    queryFn: () => request<CommandPage>('GET', `${devicePath(deviceId)}/commands?limit=20`),
    refetchInterval: (query) => commandsPollMs(query.state.data?.items, Date.now()),
  })

export const settingsQuery = (deviceId: string) =>
  queryOptions({
    queryKey: [...DEVICE_KEYS.one(deviceId), 'settings'],
    queryFn: () => request<DeviceSettingsView>('GET', `${devicePath(deviceId)}/settings`),
    // A form is filled from it; nothing may change under the hands.
    refetchOnWindowFocus: false,
  })

/** The catalogue changes with a release only. */
export const modelsQuery = queryOptions({
  queryKey: ['device-models'],
  queryFn: async () => (await request<{ items: DeviceModelView[] }>('GET', '/device-models')).items,
  staleTime: Number.POSITIVE_INFINITY,
})

export const bridgesQuery = queryOptions({
  queryKey: ['bridges'],
  queryFn: async () => (await request<{ items: BridgeView[] }>('GET', '/bridges')).items,
  refetchInterval: 5000,
})

const unknownPage = (dismissed: boolean, cursor: string | null) =>
  request<UnknownDevicePage>('GET', `/unknown-devices${queryText({ dismissed, cursor })}`)

export const unknownDevicesQuery = (dismissed: boolean) =>
  infiniteQueryOptions({
    queryKey: [...DEVICE_KEYS.unknown, 'list', dismissed],
    queryFn: ({ pageParam }) => unknownPage(dismissed, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 10_000,
  })

/** How many wait for adoption: those of the first page, and whether there are more. */
export const unknownCountQuery = queryOptions({
  queryKey: [...DEVICE_KEYS.unknown, 'count'],
  queryFn: async () => {
    const { items, nextCursor } = await unknownPage(false, null)
    return { count: items.length, more: nextCursor !== null }
  },
  refetchInterval: 15_000,
})

/**
 * Residents whom a text finds; without a text the first ones. The text goes in the body: what people type is a name,
 * and names have no place in an address.
 */
export const residentSearchQuery = (text: string) =>
  queryOptions({
    queryKey: ['residents', 'search', text],
    queryFn: () =>
      text === ''
        ? request<ResidentPage>('GET', `/residents?limit=${RESIDENTS_SHOWN}`)
        : request<ResidentPage>('POST', '/residents/search', { q: text, limit: RESIDENTS_SHOWN }),
    staleTime: 30_000,
    // Names don't stay in the browser's memory longer than somebody looks for them.
    gcTime: 60_000,
  })
/** As many as somebody reads through before typing one more letter. */
const RESIDENTS_SHOWN = 20

/** Where devices connect to; changes with a restart only. */
export const connectionQuery = queryOptions({
  queryKey: ['connection'],
  queryFn: () => request<ConnectionView>('GET', '/connection'),
  staleTime: 300_000,
})
