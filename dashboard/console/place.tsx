import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import type { CaseDetail } from '../../server/contract/case.ts'
import { mapQuery } from '../api/detection-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime, coordinateText } from '../ui/formats.ts'
import { Key } from '../ui/key.tsx'
import { CaseMap, useAfterPaint } from './file/case-map.tsx'
import { homeOf, pointOf } from './file/place-geometry.ts'
import { PositionLine } from './file/position-line.tsx'
import { Sketch } from './file/sketch.tsx'
import { whoText } from './words.ts'

/** Where it is: in words, and a sketch to scale at once; the map, where a service gives pictures, when the case is painted. */
export function Place({ detail, onMap }: { detail: CaseDetail; onMap(): void }) {
  const { t } = useTexts()
  const { message } = App.useApp()
  const home = homeOf(detail)
  const { position } = detail
  const at = position ? pointOf(position) : home
  const copy = async () => {
    if (at === null) return
    await navigator.clipboard.writeText(`${at[1].toFixed(6)},${at[0].toFixed(6)}`)
    void message.success(t('common.copied'))
  }
  const address = detail.resident?.home
  const where = [address?.place || detail.case.place, address?.address].filter(Boolean).join(' ')
  return (
    <section className="place" aria-label={t('place.title')}>
      <h3 className="place-head">
        {t('place.title')}
        {detail.resident ? (
          <Button
            size="small"
            type="text"
            className="place-open"
            aria-keyshortcuts="G"
            data-testid="map-open"
            onClick={onMap}
          >
            {t('file.position.open')} <Key name="G" />
          </Button>
        ) : null}
      </h3>
      <div className="place-map">
        {at === null ? <p className="muted place-none">{t('place.noCoordinates')}</p> : <Picture detail={detail} />}
      </div>
      <div className="place-line">
        <p className="place-text" title={where}>
          {where === '' ? <b>{t('place.noAddress')}</b> : where}
        </p>
        {at ? (
          <Button size="small" type="text" className="place-copy" title={t('place.copy')} onClick={() => void copy()}>
            {coordinateText(at[1], at[0])}
          </Button>
        ) : null}
      </div>
      {detail.resident ? <PositionLine position={position} home={home} /> : null}
    </section>
  )
}

function Picture({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  const { data: service } = useQuery(mapQuery)
  const [failed, setFailed] = useState(false)
  const painted = useAfterPaint()
  const home = homeOf(detail)
  const { position } = detail
  return (
    <>
      <Sketch
        home={home}
        homeLabel={position ? t('file.position.home') : (detail.case.room ?? t('place.home'))}
        position={
          position && {
            at: pointOf(position),
            accuracyM: position.accuracyM,
            label: clockTime(position.at).slice(0, 5),
          }
        }
        outlines={[]}
      />
      {painted && !failed && service?.tiles ? (
        <CaseMap
          home={home}
          position={position}
          name={whoText(detail.case, t)}
          fences={[]}
          fitKey={0}
          onFailed={() => setFailed(true)}
        />
      ) : null}
    </>
  )
}
