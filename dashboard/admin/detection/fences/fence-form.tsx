import { Button, Input, InputNumber, Segmented } from 'antd'
import { useId } from 'react'
import type { Fence, LonLat } from '../../../../server/contract/fence.ts'
import { useTexts } from '../../../i18n/i18n.ts'
import { CITY_CENTER, isNarrow, LEAST_HOME_M } from './fence-edits.ts'
import { PointsInput } from './points-input.tsx'
import { ScheduleInput } from './schedule-input.tsx'

interface Props {
  fence: Fence
  home: LonLat | null
  open: boolean
  onOpen(): void
  onChange(fence: Fence): void
  onUnreadable(unreadable: boolean): void
  onRemove(): void
}

/** One area in figures: all that the map can do, without a mouse. */
export function FenceForm({ fence, home, open, onOpen, onChange, onUnreadable, onRemove }: Props) {
  const { t } = useTexts()
  const id = useId()
  if (!open) {
    return (
      <button type="button" className="fence-row" onClick={onOpen} aria-expanded="false">
        <b>{fence.name || t('detection.fence.needName')}</b>
        <small className="muted">{t(`detection.fence.shape.${fence.shape}`)}</small>
      </button>
    )
  }
  return (
    <fieldset className="fence-form" data-testid="fence-form">
      <legend>{t(`detection.fence.shape.${fence.shape}`)}</legend>
      <label htmlFor={`${id}-name`}>{t('detection.fence.name')}</label>
      <div>
        <Input
          id={`${id}-name`}
          maxLength={60}
          value={fence.name}
          {...(fence.name.trim() === '' ? { status: 'error' as const } : {})}
          onChange={({ target }) => onChange({ ...fence, name: target.value })}
          data-testid="fence-name"
        />
        {fence.name.trim() === '' ? (
          <small className="setting-fault" role="alert">
            {t('detection.fence.needName')}
          </small>
        ) : null}
      </div>
      <ShapeInputs id={id} fence={fence} home={home} onChange={onChange} onUnreadable={onUnreadable} />
      <span>{t('detection.fence.schedule')}</span>
      <ScheduleInput schedule={fence.schedule} onChange={(schedule) => onChange({ ...fence, schedule })} />
      <span />
      <div>
        <Button size="small" danger onClick={onRemove} data-testid="fence-remove">
          {t('detection.fence.remove')}
        </Button>
      </div>
    </fieldset>
  )
}

type ShapeProps = { id: string } & Pick<Props, 'fence' | 'home' | 'onChange' | 'onUnreadable'>

function ShapeInputs({ id, fence, home, onChange, onUnreadable }: ShapeProps) {
  const { t } = useTexts()
  if (fence.shape !== 'circle') {
    const label = t(fence.shape === 'polygon' ? 'detection.fence.points' : 'detection.fence.linePoints')
    return (
      <>
        <label htmlFor={`${id}-points`} className="fence-wide">
          {label}
        </label>
        <div className="fence-wide">
          <PointsInput
            id={`${id}-points`}
            points={fence.points}
            least={fence.shape === 'polygon' ? 3 : 2}
            most={200}
            onUnreadable={onUnreadable}
            onChange={(points) => onChange({ ...fence, points })}
          />
        </div>
        {fence.shape === 'corridor' ? (
          <Metres
            id={`${id}-width`}
            label={t('detection.fence.width')}
            value={fence.widthM}
            max={5_000}
            onChange={(widthM) => onChange({ ...fence, widthM })}
          />
        ) : null}
      </>
    )
  }
  const { center } = fence
  return (
    <>
      <span>{t('detection.fence.center')}</span>
      <div className="fence-center">
        <Segmented<'home' | 'point'>
          aria-label={t('detection.fence.center')}
          value={center === null ? 'home' : 'point'}
          onChange={(to) => onChange({ ...fence, center: to === 'home' ? null : (home ?? CITY_CENTER) })}
          options={[
            { value: 'home', label: t('detection.fence.aroundHome'), disabled: home === null },
            { value: 'point', label: t('detection.fence.aroundPoint') },
          ]}
        />
        {center === null ? null : (
          <PointsInput
            id={`${id}-center`}
            label={t('detection.fence.point')}
            points={[center]}
            least={1}
            most={1}
            onUnreadable={onUnreadable}
            onChange={([point]) => point && onChange({ ...fence, center: point })}
          />
        )}
      </div>
      <Metres
        id={`${id}-radius`}
        label={t('detection.fence.radius')}
        value={fence.radiusM}
        max={50_000}
        onChange={(radiusM) => onChange({ ...fence, radiusM })}
      />
      {isNarrow(fence) ? (
        <p className="fence-wide fence-narrow" data-testid="fence-narrow">
          <span aria-hidden="true">⚠</span> {t('detection.fence.narrow', { least: LEAST_HOME_M })}
        </p>
      ) : null}
    </>
  )
}

function Metres(props: { id: string; label: string; value: number; max: number; onChange(metres: number): void }) {
  return (
    <>
      <label htmlFor={props.id}>{props.label}</label>
      <div>
        <InputNumber<number>
          id={props.id}
          className="setting-figure"
          min={20}
          max={props.max}
          step={10}
          value={props.value}
          onChange={(metres) => metres !== null && props.onChange(metres)}
        />
      </div>
    </>
  )
}
