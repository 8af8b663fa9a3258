/** Addresses of the supervision pages. Pure. Ids of incidents and outages may stand in them, persons may not. */
export const WATCH_TABS = ['unprotected', 'incidents', 'outages', 'suppressions'] as const
export type WatchTab = (typeof WATCH_TABS)[number]
export interface WatchRoute {
  tab: WatchTab
  /** Of the one incident or outage that is looked at. */
  id: string | null
}

const ROUTE = /^\/watch(?:\/([a-z]+)(?:\/([\w-]{1,40}))?)?$/

/** The page at a path, or null when there is none. */
export function watchRoute(path: string): WatchRoute | null {
  const found = ROUTE.exec(path.replace(/\/+$/, ''))
  if (found === null) return null
  const [, name = 'unprotected', id = null] = found
  const tab = WATCH_TABS.find((one) => one === name)
  if (tab === undefined) return null
  if (id !== null && tab !== 'incidents' && !(tab === 'outages' && /^\d{1,15}$/.test(id))) return null
  return { tab, id }
}

/** Address of a tab, or of one incident or outage on it. */
export function watchPath(tab: WatchTab, id?: string | number): string {
  return id === undefined ? `/watch/${tab}` : `/watch/${tab}/${id}`
}
