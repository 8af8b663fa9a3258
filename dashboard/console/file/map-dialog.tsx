import { useQuery } from '@tanstack/react-query'
import { Button, Modal, Switch } from 'antd'
import { useEffect, useState } from 'react'
import type { CaseDetail } from '../../../server/contract/case.ts'
import type { Fence } from '../../../server/contract/fence.ts'
import type { PositionView } from '../../../server/contract/position.ts'
import { detectSettingsQuery, mapQuery } from '../../api/detection-queries.ts'
import { positionQuery } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { LateSkeleton } from '../../ui/states.tsx'
import { whoText } from '../words.ts'
import { CaseMap } from './case-map.tsx'
import { homeOf, outlines, pointOf } from './place-geometry.ts'
import { PositionLine } from './position-line.tsx'
import { Sketch } from './sketch.tsx'
import './map-dialog.css'

/** The circle within which she is, drawn like an area but as the chosen one. */
const ACCURACY = 'accuracy'

function withAccuracy(fences: readonly Fence[], position: PositionView | null): Fence[] {
  if (position === null) return [...fences]
  const circle = { shape: 'circle', center: pointOf(position), radiusM: Math.max(20, position.accuracyM) } as const
  return [...fences, { ...circle, fenceId: ACCURACY, name: '', schedule: null }]
}

/** The large map of a case: follows the resident while it is open. */
export function MapDialog({ detail, onClose }: { detail: CaseDetail; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const residentId = detail.resident?.residentId ?? ''
  const { data: live, isError } = useQuery({ ...positionQuery(residentId), enabled: residentId !== '' })
  const { data: settings } = useQuery({
    ...detectSettingsQuery({ scope: 'resident', scopeId: residentId }),
    enabled: residentId !== '',
  })
  const { data: service } = useQuery(mapQuery)
  const [follow, setFollow] = useState(true)
  const [fitKey, setFitKey] = useState(0)
  const [failed, setFailed] = useState(false)
  const position = live === undefined ? detail.position : live
  const fences = settings?.effective.wandering.fences ?? []
  const home = homeOf(detail)
  const at = position?.at
  const count = fences.length
  useEffect(() => {
    // A new position, or areas that have come: all of it is shown again.
    if (follow && (at !== undefined || count > 0)) setFitKey((n) => n + 1)
  }, [at, count, follow])
  const nowhere = position === null && home === null
  return (
    <Modal
      open
      centered
      width="min(1240px, 96vw)"
      footer={null}
      className="map-dialog"
      title={
        <>
          {t('file.map.title')}
          <span className="dialog-case">{whoText(detail.case, t)}</span>
        </>
      }
      onCancel={onClose}
    >
      <div className="map-dialog-box" data-testid="case-map" data-failed={failed || undefined}>
        {nowhere ? (
          <p className="muted place-none">{t('file.map.noPlace')}</p>
        ) : failed ? (
          <Sketch
            home={home}
            homeLabel={t('file.position.home')}
            position={position && { at: pointOf(position), accuracyM: position.accuracyM, label: '' }}
            outlines={outlines(fences, home)}
          />
        ) : (
          <>
            <div className="map-dialog-wait">
              <LateSkeleton rows={6} />
            </div>
            <CaseMap
              home={home}
              position={position}
              name={whoText(detail.case, t)}
              fences={withAccuracy(fences, position)}
              chosenId={ACCURACY}
              fitKey={fitKey}
              onFailed={() => setFailed(true)}
            />
          </>
        )}
      </div>
      <div className="map-dialog-foot">
        <PositionLine position={position} home={home} />
        {isError ? <span className="warn">{t('refused.unreachable')}</span> : null}
        {failed ? <span className="warn">{t('file.map.failed')}</span> : null}
        {service && service.tiles === null && !failed ? <span className="muted">{t('file.map.borders')}</span> : null}
        {count > 0 ? <span className="muted">{t('file.map.fences', { n: count })}</span> : null}
        <span className="map-dialog-follow">
          <Switch
            size="small"
            checked={follow}
            onChange={setFollow}
            aria-label={t('file.map.follow')}
            data-testid="map-follow"
          />{' '}
          {t('file.map.follow')}
        </span>
        <Button size="small" onClick={() => setFitKey((n) => n + 1)}>
          {t('file.map.fit')}
        </Button>
      </div>
    </Modal>
  )
}
