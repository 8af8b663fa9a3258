import { createStore, useStore } from './ui/store.ts'

/** A few pages need no router library. */
const path = createStore(location.pathname)

/** Asked before the page is left; resolves whether it may be. */
export type LeaveGuard = () => Promise<boolean>
let guard: LeaveGuard | null = null

window.addEventListener('popstate', () => {
  const to = location.pathname
  if (guard === null || to === path.get()) return path.set(to)
  // The browser has gone already: back to where the question is asked.
  history.pushState(null, '', path.get())
  navigate(to)
})
window.addEventListener('beforeunload', (event) => {
  if (guard !== null) event.preventDefault()
})

export function usePath(): string {
  return useStore(path)
}

/** Goes to another page of this application, unless there is something unsaved and the user stays. */
export function navigate(to: string): void {
  if (to === location.pathname) return
  if (guard === null) go(to)
  else void guard().then((may) => may && go(to))
}

function go(to: string): void {
  guard = null
  history.pushState(null, '', to)
  path.set(to)
}

/** Has the page guarded until the returned function is called; a tab that is closed asks by itself. */
export function guardLeaving(ask: LeaveGuard): () => void {
  guard = ask
  return () => {
    if (guard === ask) guard = null
  }
}
