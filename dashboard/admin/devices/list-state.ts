import type { DeviceQuery } from '../../../server/contract/device.ts'
import { createStore, type Store } from '../../ui/store.ts'

/** What the list shows. Outside React, so that it is as it was when one comes back from a device. */
export interface ListState {
  filter: Pick<DeviceQuery, 'search' | 'kind' | 'protocol' | 'lifecycle' | 'online' | 'hubId'>
  limit: number
  /** Cursors of the pages up to this one: the API goes forward only, going back is remembering. */
  cursors: readonly (string | null)[]
}

export const PAGE_SIZES = [50, 100, 200] as const

export const FRESH_LIST: ListState = { filter: {}, limit: PAGE_SIZES[0], cursors: [null] }

export const listState: Store<ListState> = createStore(FRESH_LIST)

/** A value of undefined takes a filter away. */
export type FilterChange = { [K in keyof ListState['filter']]: ListState['filter'][K] | undefined }

/** The list with other filters begins at its first page. Undefined and empty values are no filter. */
export function withFilter(state: ListState, change: FilterChange): ListState {
  const merged = Object.entries({ ...state.filter, ...change }).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  return { ...state, filter: Object.fromEntries(merged), cursors: [null] }
}

export function toQuery({ filter, limit, cursors }: ListState): DeviceQuery {
  const cursor = cursors.at(-1)
  return { ...filter, limit, ...(cursor ? { cursor } : {}) }
}
