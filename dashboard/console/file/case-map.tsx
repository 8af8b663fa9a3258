import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Fence, LonLat } from '../../../server/contract/fence.ts'
import type { PositionView } from '../../../server/contract/position.ts'
import { mapQuery } from '../../api/detection-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime } from '../../ui/formats.ts'
import { pointOf } from './place-geometry.ts'

const CityMap = lazy(() => import('../../map/map.tsx'))

interface Props {
  home: LonLat | null
  position: PositionView | null
  /** Whose position it is. */
  name: string
  fences: readonly Fence[]
  /** The one drawn as chosen. */
  chosenId?: string
  fitKey: number
  onFailed(): void
}

/** The map of a case. Loaded apart, since it is larger than the console. */
export function CaseMap({ home, position, name, fences, chosenId, fitKey, onFailed }: Props) {
  const { t } = useTexts()
  const { data: service } = useQuery(mapQuery)
  const center = position ? pointOf(position) : home
  if (!service || center === null) return null
  return (
    <Suspense fallback={null}>
      <CityMap
        center={center}
        service={service}
        label={t('file.map.label')}
        markers={[
          ...(home ? [{ id: 'home', at: home, label: t('file.position.home'), tone: 'home' as const }] : []),
          ...(position
            ? [
                {
                  id: 'position',
                  at: pointOf(position),
                  label: t('file.position.marker', { name, time: clockTime(position.at).slice(0, 5) }),
                  tone: 'position' as const,
                },
              ]
            : []),
        ]}
        fences={fences}
        home={home}
        chosenId={chosenId ?? null}
        onFailed={onFailed}
        fitKey={fitKey}
      />
    </Suspense>
  )
}

/** True once the browser has had time to paint what came before. */
export function useAfterPaint(): boolean {
  const [painted, setPainted] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setPainted(true), 400)
    return () => clearTimeout(timer)
  }, [])
  return painted
}
