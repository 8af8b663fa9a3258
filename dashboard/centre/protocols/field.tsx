import { Input } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import type { ProtocolFault } from '../../../server/contract/protocol-check.ts'
import { useTexts } from '../../i18n/i18n.ts'

/** What is wrong at exactly this place, in words; undefined: nothing. */
export function useFault(faults: readonly ProtocolFault[], place: string): string | undefined {
  const { t } = useTexts()
  const fault = faults.find((one) => one.place === place)
  return fault && t(`protocols.check.fault.${fault.code}`)
}

/** A labelled control of the editor with its fault below. */
export function Labelled(props: { label: string; fault?: string | undefined; children: ReactNode; wide?: boolean }) {
  return (
    <div className="protocol-field" data-wide={props.wide || undefined}>
      {/* Every child brings its own accessible name. */}
      <span className="protocol-label" aria-hidden="true">
        {props.label}
      </span>
      {props.children}
      {props.fault ? <span className="protocol-fault">{props.fault}</span> : null}
    </div>
  )
}

interface TextProps {
  label: string
  value: string
  /** Where the check speaks of it. */
  place: string
  faults: readonly ProtocolFault[]
  most?: number
  name?: string
  onChange(value: string): void
}

/** One line of text. */
export function TextField({ label, value, place, faults, most = 300, name, onChange }: TextProps) {
  const fault = useFault(faults, place)
  const id = useId()
  const described = `${id}-fault`
  return (
    <div className="protocol-field">
      <label className="protocol-label" htmlFor={id}>
        {label}
      </label>
      <Input
        id={id}
        value={value}
        maxLength={most}
        status={fault ? 'error' : ''}
        aria-describedby={fault ? described : undefined}
        data-testid={name}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault ? (
        <span className="protocol-fault" id={described}>
          {fault}
        </span>
      ) : null}
    </div>
  )
}

interface IdProps {
  label: string
  value: string
  /** Ids that others have. */
  taken: readonly string[]
  onChange(value: string): void
}

/** An id: taken when it is right and left, so that nothing points anywhere else while it is typed. */
export function IdField({ label, value, taken, onChange }: IdProps) {
  const { t } = useTexts()
  const id = useId()
  const [typed, setTyped] = useState(value)
  const wrong = !/^[a-z][a-z0-9-]{0,39}$/.test(typed)
  const same = taken.includes(typed)
  return (
    <div className="protocol-field">
      <label className="protocol-label" htmlFor={id}>
        {label}
      </label>
      <Input
        id={id}
        value={typed}
        maxLength={40}
        status={wrong || same ? 'error' : ''}
        data-testid="step-id"
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => (wrong || same ? setTyped(value) : onChange(typed))}
      />
      {wrong || same ? (
        <span className="protocol-fault">
          {wrong ? t('protocols.addIdHint') : t('protocols.check.fault.same_step_id')}
        </span>
      ) : null}
    </div>
  )
}
