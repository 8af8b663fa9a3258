/** A key's cap. Not read aloud beside its label: `aria-keyshortcuts` says it. */
export function Key({ name }: { name: string }) {
  return (
    <span className="key" aria-hidden="true">
      {name}
    </span>
  )
}
