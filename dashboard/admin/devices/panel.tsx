import type { ReactNode } from 'react'

/** One matter on a page: a heading, what can be done, and the matter itself. */
export function Panel(props: { title: string; actions?: ReactNode; children: ReactNode; name: string }) {
  return (
    <section className="panel" data-panel={props.name} data-testid={props.name}>
      <header className="panel-head">
        <h3>{props.title}</h3>
        <span className="office-space" />
        {props.actions}
      </header>
      {props.children}
    </section>
  )
}
