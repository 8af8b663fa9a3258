import { Checkbox, Input, InputNumber, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTexts } from '../../i18n/i18n.ts'
import type { Value } from './draft.ts'
import { amountIn, DURATION_UNITS, secondsOf, UNIT_SECONDS, unitFor } from './duration.ts'
import type { DurationUnit, Field } from './fields.ts'
import { labelOf } from './value-text.ts'

interface Props {
  field: Field
  id: string
  /** What this scope says; undefined: inherited. */
  value: Value | undefined
  inherited: Value | undefined
  wrong: boolean
  describedBy: string
  onChange(value: Value | undefined): void
}

/** The input of one setting. Left empty it is inherited, and the placeholder says what that is. */
export function FieldInput(props: Props) {
  switch (props.field.kind) {
    case 'switch':
      return <SwitchInput {...props} />
    case 'time':
      return <TimeInput {...props} />
    case 'seconds':
      return <DurationInput {...props} />
    case 'limit':
      return <LimitInput {...props} />
    case 'number':
    case 'share':
      return <NumberInput {...props} />
    case 'fences':
      return null
  }
}

const status = (wrong: boolean) => (wrong ? ({ status: 'error' } as const) : {})

function SwitchInput({ field, value, inherited, onChange }: Props) {
  const { t } = useTexts()
  const follow = t(inherited === true ? 'detection.on' : 'detection.off')
  return (
    <Segmented<string>
      aria-label={labelOf(field.path, t)}
      value={value === undefined ? 'inherit' : String(value)}
      onChange={(next) => onChange(next === 'inherit' ? undefined : next === 'true')}
      options={[
        { value: 'inherit', label: t('detection.followNow', { value: follow }) },
        { value: 'true', label: t('detection.on') },
        { value: 'false', label: t('detection.off') },
      ]}
    />
  )
}

function TimeInput({ id, value, inherited, wrong, describedBy, onChange }: Props) {
  return (
    <Input
      id={id}
      className="setting-figure"
      aria-describedby={describedBy}
      aria-invalid={wrong}
      {...status(wrong)}
      inputMode="numeric"
      maxLength={5}
      placeholder={String(inherited)}
      value={typeof value === 'string' ? value : ''}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.value.replace('：', ':'))}
    />
  )
}

function DurationInput({ field, id, value, inherited, wrong, describedBy, onChange }: Props) {
  const { t } = useTexts()
  const said = typeof value === 'number' ? value : undefined
  const usual = unitFor(typeof inherited === 'number' ? inherited : 0, field.in ?? 's')
  const [chosen, setChosen] = useState<DurationUnit | null>(null)
  // A value that came from elsewhere is shown in the unit that says it without a fraction.
  const fits = (unit: DurationUnit) => said === undefined || said % UNIT_SECONDS[unit] === 0
  const unit = chosen ?? (said === undefined ? usual : fits(usual) ? usual : unitFor(said, usual))
  const largest = field.max ?? 0
  return (
    <span className="setting-duration">
      <InputNumber<number>
        id={id}
        className="setting-figure"
        aria-describedby={describedBy}
        aria-invalid={wrong}
        {...status(wrong)}
        min={0}
        placeholder={String(amountIn(typeof inherited === 'number' ? inherited : 0, unit))}
        value={said === undefined ? null : amountIn(said, unit)}
        onChange={(amount) => onChange(amount === null ? undefined : secondsOf(amount, unit))}
      />
      <Select<DurationUnit>
        aria-label={t('detection.unitOf', { label: labelOf(field.path, t) })}
        className="setting-unit"
        value={unit}
        onChange={(next) => {
          // Somebody who corrects the unit means the figure that stands there.
          if (said !== undefined) onChange(secondsOf(amountIn(said, unit), next))
          setChosen(next)
        }}
        options={DURATION_UNITS.filter((one) => UNIT_SECONDS[one] <= largest || one === unit).map((one) => ({
          value: one,
          label: t(`detection.unit.${one}`),
        }))}
      />
    </span>
  )
}

function NumberInput({ field, id, value, inherited, wrong, describedBy, onChange }: Props) {
  const { t } = useTexts()
  const factor = field.kind === 'share' ? 100 : 1
  const shown = (one: Value | undefined) => (typeof one === 'number' ? Math.round(one * factor * 1000) / 1000 : null)
  return (
    <span className="setting-duration">
      <InputNumber<number>
        id={id}
        className="setting-figure"
        aria-describedby={describedBy}
        aria-invalid={wrong}
        {...status(wrong)}
        disabled={value === null}
        placeholder={String((value === null ? null : shown(inherited)) ?? '—')}
        value={shown(value)}
        onChange={(next) => onChange(next === null ? undefined : next / factor)}
      />
      <span className="setting-unit muted">{field.unit ? t(`detection.unit.${field.unit}`) : ''}</span>
    </span>
  )
}

function LimitInput(props: Props) {
  const { t } = useTexts()
  const { field, value, inherited, onChange } = props
  const unlimited = value === null || (value === undefined && inherited === null)
  return (
    <span className="setting-duration">
      <NumberInput {...props} />
      <Checkbox
        aria-label={`${labelOf(field.path, t)}: ${t('detection.noLimit')}`}
        checked={unlimited}
        onChange={({ target }) => onChange(target.checked ? null : inherited === null ? field.max : undefined)}
      >
        {t('detection.noLimit')}
      </Checkbox>
    </span>
  )
}
