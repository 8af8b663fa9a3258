import { useEffect, useState } from 'react'

/**
 * For a dialog that is taken away with its state: gives the focus back to whatever opened it. antd does so only for a
 * dialog that stays and is hidden, and the keyboard would begin again at the top of the page.
 */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement)
  useEffect(() => () => (opener instanceof HTMLElement && opener.isConnected ? opener.focus() : undefined), [opener])
}
