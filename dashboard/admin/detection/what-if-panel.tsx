import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input, Segmented } from 'antd'
import { useEffect, useState } from 'react'
import type { WhatIfAnswer } from '../../../server/contract/detection.ts'
import { ApiError } from '../../api/client.ts'
import { tryOut } from '../../api/detection-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState } from '../../ui/states.tsx'
import { Panel } from '../devices/panel.tsx'
import { type Change, type Draft, layerOf } from './draft.ts'
import { limitsOf, PRESET_DAYS, type Range } from './what-if-range.ts'
import { WhatIfResult } from './what-if-result.tsx'
import './what-if.css'

interface Props {
  residentId: string
  draft: Draft
  changes: readonly Change[]
  /** Something in the form is wrong. */
  blocked: boolean
}

const DEFAULT_DAYS = 14

/** What the unsaved settings would have made of the resident's past. */
export function WhatIfPanel({ residentId, draft, changes, blocked }: Props) {
  const { t } = useTexts()
  const [range, setRange] = useState<Range>({ days: DEFAULT_DAYS })
  const limits = limitsOf(range, serverNow())
  const trial = useMutation({
    mutationFn: async (tried: Draft): Promise<{ answer: WhatIfAnswer; tried: Draft } | null> => {
      const now = limitsOf(range, serverNow())
      return now === null ? null : { answer: await tryOut(residentId, { settings: layerOf(tried), ...now }), tried }
    },
  })
  const run = () => trial.mutate(draft)
  const outdated = trial.data && trial.data.tried !== draft
  return (
    <Panel title={t('detection.whatIf.title')} name="what-if">
      <p className="muted panel-lead">{t('detection.whatIf.lead')}</p>
      <div className="office-tools">
        <RangeChooser range={range} onRange={setRange} />
        <Button
          type="primary"
          loading={trial.isPending}
          disabled={limits === null || blocked}
          onClick={run}
          data-testid="what-if-run"
        >
          {t('detection.whatIf.run')}
        </Button>
        {limits === null ? <span data-tone="late">{t('detection.whatIf.wrongRange')}</span> : null}
        {blocked ? <span data-tone="late">{t('detection.whatIf.blocked')}</span> : null}
      </div>
      {changes.length === 0 && !trial.data ? <p className="muted">{t('detection.whatIf.unchanged')}</p> : null}
      {trial.isPending ? <Running /> : null}
      {trial.isError ? (
        <ErrorState
          compact
          title={t('detection.whatIf.failed')}
          text={
            trial.error instanceof ApiError && trial.error.unreachable && navigator.onLine
              ? t('detection.whatIf.tooLong')
              : errorText(trial.error, t)
          }
          onRetry={run}
        />
      ) : null}
      {outdated && !trial.isPending ? (
        <Alert type="info" showIcon className="form-alert" title={t('detection.whatIf.outdated')} />
      ) : null}
      {trial.data && !trial.isPending ? (
        <div data-old={outdated || undefined} className="what-if-result">
          <WhatIfResult answer={trial.data.answer} />
        </div>
      ) : null}
    </Panel>
  )
}

function RangeChooser({ range, onRange }: { range: Range; onRange(range: Range): void }) {
  const { t } = useTexts()
  const custom = !('days' in range)
  const dayOf = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
  const choose = (value: number) => {
    if (value > 0) return onRange({ days: value })
    const now = serverNow()
    onRange({ fromDay: dayOf(now - 7 * 86_400_000), toDay: dayOf(now) })
  }
  const day = (label: string, value: string, change: (value: string) => void) => (
    <Input
      type="date"
      className="what-if-day"
      aria-label={label}
      value={value}
      onChange={(e) => change(e.target.value)}
    />
  )
  return (
    <>
      <Segmented<number>
        aria-label={t('detection.whatIf.range')}
        value={custom ? 0 : range.days}
        onChange={choose}
        options={[
          ...PRESET_DAYS.map((n) => ({
            value: n as number,
            label: n === 1 ? t('detection.whatIf.day') : t('detection.whatIf.days', { n }),
          })),
          { value: 0, label: t('detection.whatIf.custom') },
        ]}
      />
      {custom ? (
        <span className="setting-duration">
          {day(t('detection.whatIf.from'), range.fromDay, (fromDay) => onRange({ ...range, fromDay }))} –{' '}
          {day(t('detection.whatIf.to'), range.toDay, (toDay) => onRange({ ...range, toDay }))}
        </span>
      ) : null}
    </>
  )
}

/** Nobody can say how long it takes, but that it goes on. */
function Running() {
  const { t } = useTexts()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <div role="status" className="what-if-running">
      <progress aria-hidden="true" />
      <span className="muted figures">{t('detection.whatIf.running', { n: seconds })}</span>
    </div>
  )
}
