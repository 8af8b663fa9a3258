/**
 * The terminal's service worker: the page and everything it is made of come from its own store, so that it opens with no
 * network, a slow one, or a server that is away. The list and the version are put in by build.ts.
 */
declare const PRECACHE: readonly string[]
declare const VERSION: string

const worker = self as unknown as ServiceWorkerGlobalScope
const PREFIX = 'anhu-terminal-'
const CACHE = PREFIX + VERSION
const PAGE = '/terminal'

worker.addEventListener('install', (event) => event.waitUntil(fill()))

/** All or nothing, and never from the browser's own cache. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.addAll(PRECACHE.map((url) => new Request(url, { cache: 'reload' })))
}

worker.addEventListener('activate', (event) => event.waitUntil(takeOver()))

async function takeOver(): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.indexOf(PREFIX) === 0 && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await worker.clients.claim()
}

/** The page says when: not while somebody is waiting for help. */
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(worker.skipWaiting())
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return
  const isPage = request.mode === 'navigate' && (url.pathname === PAGE || url.pathname === `${PAGE}/`)
  if (isPage) event.respondWith(stored(PAGE, request))
  else if (PRECACHE.indexOf(url.pathname) !== -1) event.respondWith(stored(url.pathname, request))
})

async function stored(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(key)) ?? fetch(request)
}
