/** The service worker: the page opens without network. */

const CHECK_MS = 3_600_000

export interface OfflineOptions {
  /** True while a new version may take over: nothing is going on. */
  mayChange(): boolean
  onReady(): void
}

/**
 * Registers the service worker and looks for new versions. A new one takes over (and reloads the page) only when
 * `mayChange` says so; never during a call. Returns a function to be called every now and then.
 */
export function startOffline({ mayChange, onReady }: OfflineOptions): () => void {
  const { serviceWorker } = navigator
  // Without HTTPS there is none.
  if (serviceWorker === undefined) return () => undefined
  let registration: ServiceWorkerRegistration | null = null
  let isAsked = false
  let checkedAt = Date.now()
  const hadWorker = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    // The first one ever comes to a page that is new already.
    if (isAsked || hadWorker) location.reload()
  })
  serviceWorker
    .register('/terminal/sw.js', { scope: '/terminal' })
    .then((made) => {
      registration = made
      return serviceWorker.ready
    })
    .then(onReady)
    // No network at the first visit, or a browser that refuses: the page works as long as it is open, and the next visit
    // registers it. What is pressed waits in the outbox and does not depend on this.
    .catch(() => undefined)
  return () => {
    if (registration === null || !mayChange()) return
    if (registration.waiting !== null && !isAsked) {
      isAsked = true
      registration.waiting.postMessage('take-over')
    }
    if (Date.now() - checkedAt < CHECK_MS) return
    checkedAt = Date.now()
    // No network: what is installed goes on working, and the next check asks again.
    registration.update().catch(() => undefined)
  }
}
