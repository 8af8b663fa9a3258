import type { MouseEvent, ReactNode } from 'react'
import { navigate } from '../router.ts'

/** A link within the application; with a modifier key the browser does what it always does. */
export function Link(props: { to: string; className?: string; current?: boolean; children: ReactNode }) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    navigate(props.to)
  }
  return (
    <a href={props.to} className={props.className} aria-current={props.current ? 'page' : undefined} onClick={follow}>
      {props.children}
    </a>
  )
}
