import { createStore, useStore } from './ui/store.ts'

/** Three pages need no router library. */
const path = createStore(location.pathname)
window.addEventListener('popstate', () => path.set(location.pathname))

export function usePath(): string {
  return useStore(path)
}

/** Goes to another page of this application. */
export function navigate(to: string): void {
  if (to === location.pathname) return
  history.pushState(null, '', to)
  path.set(to)
}
