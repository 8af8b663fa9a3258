import type { ReactNode } from 'react'

/** A part of the file. */
export function Card(props: { title: string; lead?: string; testId: string; children: ReactNode }) {
  return (
    <section className="resident-card" aria-label={props.title} data-testid={props.testId}>
      <h3>{props.title}</h3>
      {props.lead ? <p className="resident-lead">{props.lead}</p> : null}
      {props.children}
    </section>
  )
}
