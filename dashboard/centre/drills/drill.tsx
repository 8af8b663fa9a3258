import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { DRILL_KINDS, type DrillAlarm, type DrillDetail } from '../../../server/contract/drill.ts'
import { DRILLS_KEY, drillQuery, endDrill, raiseDrillAlarm } from '../../api/drill-queries.ts'
import { DrillMark } from '../../console/drill-mark.tsx'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { Countdown } from '../../ui/ticking.tsx'
import { Moment } from '../../watch/parts.tsx'
import { centrePath } from '../routes.ts'
import { DrillReport } from './drill-report.tsx'

/** One drill: raise alarms while it runs, and its report. */
export function Drill({ drillId }: { drillId: string }) {
  const { t } = useTexts()
  const query = useQuery(drillQuery(drillId))
  const { data } = query
  if (query.isError && !data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!data) return <LateSkeleton rows={8} />
  const { drill } = data
  return (
    <section data-testid="drill">
      <Button type="link" className="drill-link" onClick={() => navigate(centrePath('drills'))}>
        ← {t('drills.title')}
      </Button>
      <div className="watch-head">
        <h2>{drill.title}</h2>
        <DrillMark title={drill.title} />
        <span>{t(`drills.states.${drill.state}`)}</span>
        <span className="muted">
          <Moment at={drill.from} /> – <Moment at={drill.endedAt ?? drill.until} />
        </span>
        {drill.state === 'running' ? (
          <span>
            {t('drills.left')} <Countdown until={drill.until} className="figures" />
          </span>
        ) : null}
      </div>
      {drill.note === null ? null : <p className="office-lead">{drill.note}</p>}
      {data.participants.length === 0 ? null : (
        <p className="office-lead" data-testid="drill-participants-shown">
          {t('drills.participants')}: {data.participants.map(({ displayName }) => displayName).join(', ')}
        </p>
      )}
      {drill.state === 'over' ? null : <Controls detail={data} />}
      <DrillReport detail={data} />
    </section>
  )
}

function Controls({ detail }: { detail: DrillDetail }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { drill, residents } = detail
  const [residentId, setResident] = useState(residents[0]?.residentId ?? '')
  const [kind, setKind] = useState<DrillAlarm['kind']>('sos')
  const options = {
    onSuccess: (made: DrillDetail) => client.setQueryData(drillQuery(drill.drillId).queryKey, made),
    onSettled: () => client.invalidateQueries({ queryKey: DRILLS_KEY }),
  }
  const raise = useMutation({ mutationFn: () => raiseDrillAlarm(drill.drillId, { residentId, kind }), ...options })
  const end = useMutation({ mutationFn: () => endDrill(drill.drillId), ...options })
  const error = raise.error ?? end.error
  return (
    <>
      <div className="office-tools drill-controls">
        <Select
          className="drill-select"
          aria-label={t('drills.who')}
          value={residentId}
          onChange={setResident}
          options={residents.map((one) => ({
            value: one.residentId,
            label: one.virtual ? one.name : `${one.name}（${t('drills.realResident')}）`,
          }))}
        />
        <Select<DrillAlarm['kind']>
          className="drill-select"
          aria-label={t('drills.kind')}
          value={kind}
          onChange={setKind}
          options={DRILL_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <Button
          type="primary"
          disabled={drill.state !== 'running'}
          loading={raise.isPending}
          onClick={() => raise.mutate()}
          data-testid="drill-raise"
        >
          {t('drills.raise')}
        </Button>
        <span className="office-space" />
        <Popconfirm title={t('drills.endSure')} okText={t('drills.end')} onConfirm={() => end.mutate()}>
          <Button danger loading={end.isPending} data-testid="drill-end">
            {t('drills.end')}
          </Button>
        </Popconfirm>
      </div>
      {error ? <Alert type="error" showIcon title={errorText(error, t)} /> : null}
    </>
  )
}
