import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import type { Fence, LonLat } from '../../../../server/contract/fence.ts'
import { mapQuery } from '../../../api/detection-queries.ts'
import { useTexts } from '../../../i18n/i18n.ts'
import type { Handle } from '../../../map/handles.ts'
import { LateSkeleton } from '../../../ui/states.tsx'
import { CITY_CENTER, type FenceShape, newFence, putBack, type Removed, replaced, without } from './fence-edits.ts'
import { FenceForm } from './fence-form.tsx'

const CityMap = lazy(() => import('../../../map/map.tsx'))

interface Props {
  fences: readonly Fence[]
  home: LonLat | null
  onChange(fences: readonly Fence[]): void
  onUnreadable(unreadable: boolean): void
}

const MOST = 20
const ADD = { circle: 'addCircle', polygon: 'addPolygon', corridor: 'addCorridor' } as const

/** A list of areas with their figures, and the same on a map; either changes the other. */
export function FenceEditor({ fences, home, onChange, onUnreadable }: Props) {
  const { t } = useTexts()
  const [chosenId, setChosenId] = useState<string | null>(fences[0]?.fenceId ?? null)
  const [removed, setRemoved] = useState<Removed | null>(null)
  const [fitKey, setFitKey] = useState(0)
  const change = (fence: Fence) => onChange(replaced(fences, fence))
  const add = (shape: FenceShape) => {
    const ids = fences.map(({ fenceId }) => fenceId)
    const fence = newFence(shape, t('detection.fence.newName', { n: fences.length + 1 }), home, ids)
    onChange([...fences, fence])
    setChosenId(fence.fenceId)
    setFitKey((n) => n + 1)
  }
  const remove = (fenceId: string) => {
    const left = without(fences, fenceId)
    onChange(left.fences)
    setRemoved(left.removed)
    setChosenId(left.fences[0]?.fenceId ?? null)
  }
  const undo = () => {
    if (removed === null) return
    onChange(putBack(fences, removed))
    setChosenId(removed.fence.fenceId)
    setRemoved(null)
  }
  return (
    <div className="fence-editor">
      <div className="fence-list">
        {fences.length === 0 && removed === null ? (
          <p>
            {t('detection.fence.none')}
            <br />
            <small className="muted">{t('detection.fence.noneText')}</small>
          </p>
        ) : null}
        {removed ? (
          <Alert
            type="info"
            role="status"
            title={t('detection.fence.removed', { name: removed.fence.name })}
            action={
              <Button size="small" onClick={undo} autoFocus>
                {t('detection.fence.undo')}
              </Button>
            }
            closable={{ onClose: () => setRemoved(null) }}
          />
        ) : null}
        {fences.map((fence) => (
          <FenceForm
            key={fence.fenceId}
            fence={fence}
            home={home}
            open={fence.fenceId === chosenId}
            onOpen={() => setChosenId(fence.fenceId)}
            onChange={change}
            onUnreadable={onUnreadable}
            onRemove={() => remove(fence.fenceId)}
          />
        ))}
        <div className="office-actions wrap">
          {(['circle', 'polygon', 'corridor'] as const).map((shape) => (
            <Button
              key={shape}
              size="small"
              disabled={fences.length >= MOST}
              onClick={() => add(shape)}
              data-testid={`fence-add-${shape}`}
            >
              {t(`detection.fence.${ADD[shape]}`)}
            </Button>
          ))}
        </div>
        {home === null ? <small className="muted">{t('detection.fence.noHome')}</small> : null}
      </div>
      <FenceMap
        fences={fences}
        home={home}
        chosenId={chosenId}
        fitKey={fitKey}
        onFit={() => setFitKey((n) => n + 1)}
        onChange={change}
      />
    </div>
  )
}

interface MapProps {
  fences: readonly Fence[]
  home: LonLat | null
  chosenId: string | null
  fitKey: number
  onFit(): void
  onChange(fence: Fence): void
}

function FenceMap({ fences, home, chosenId, fitKey, onFit, onChange }: MapProps) {
  const { t } = useTexts()
  const { data: service } = useQuery(mapQuery)
  const [failed, setFailed] = useState(false)
  const name = ({ kind, index }: Handle) =>
    kind === 'vertex'
      ? t('detection.fence.vertex', { n: index + 1 })
      : kind === 'radius'
        ? t('detection.fence.radiusHandle')
        : ''
  if (failed) {
    return (
      <div className="fence-map" data-testid="fence-map">
        <p className="muted">{t('detection.fence.mapFailed')}</p>
      </div>
    )
  }
  return (
    <div className="fence-map" data-testid="fence-map">
      <div className="fence-map-box">
        {service ? (
          <Suspense fallback={<LateSkeleton rows={6} />}>
            <CityMap
              center={home ?? CITY_CENTER}
              service={service}
              label={t('detection.fence.map')}
              markers={home ? [{ id: 'home', at: home, label: t('detection.fence.home'), tone: 'home' }] : []}
              fences={fences}
              home={home}
              chosenId={chosenId}
              onChange={onChange}
              handleName={name}
              onFailed={() => setFailed(true)}
              fitKey={fitKey}
            />
          </Suspense>
        ) : (
          <LateSkeleton rows={6} />
        )}
      </div>
      <div className="fence-map-foot">
        <small className="muted">{t('detection.fence.mapHint')}</small>
        <Button size="small" onClick={onFit}>
          {t('detection.fence.fit')}
        </Button>
      </div>
    </div>
  )
}
