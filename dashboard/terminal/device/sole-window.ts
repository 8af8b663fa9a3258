const KEY = 'anhu.terminal.window'

/**
 * Two windows of one terminal would take the connection from each other for ever. The newest one works; the older one is
 * told by `onStoodDown`.
 */
export function claimWindow(storage: Storage | null, id: string, onStoodDown: () => void): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === KEY && newValue !== null && newValue !== id) onStoodDown()
  })
  try {
    storage?.setItem(KEY, id)
  } catch {
    // A full storage: the windows will disturb each other, but each sends what is pressed.
  }
}
