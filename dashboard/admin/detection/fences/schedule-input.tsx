import { Checkbox, Input, Segmented } from 'antd'
import type { Fence } from '../../../../server/contract/fence.ts'
import { useTexts } from '../../../i18n/i18n.ts'

type Schedule = Fence['schedule']
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const BY_DAY: Schedule = { from: '06:00', to: '20:00' }

/** When an area is in force: always, or between two times on some days. */
export function ScheduleInput({ schedule, onChange }: { schedule: Schedule; onChange(schedule: Schedule): void }) {
  const { t } = useTexts()
  const time = (name: 'from' | 'to', label: string) => (
    <Input
      type="time"
      className="fence-time"
      aria-label={label}
      value={schedule?.[name] ?? ''}
      onChange={({ target }) => schedule && target.value !== '' && onChange({ ...schedule, [name]: target.value })}
    />
  )
  return (
    <div className="fence-schedule">
      <Segmented<'always' | 'times'>
        aria-label={t('detection.fence.schedule')}
        value={schedule === null ? 'always' : 'times'}
        onChange={(to) => onChange(to === 'always' ? null : BY_DAY)}
        options={[
          { value: 'always', label: t('detection.fence.always') },
          { value: 'times', label: t('detection.fence.scheduled') },
        ]}
      />
      {schedule === null ? null : (
        <>
          <span className="setting-duration">
            {time('from', t('detection.fence.timeFrom'))} – {time('to', t('detection.fence.timeTo'))}
          </span>
          <Checkbox.Group
            aria-label={t('detection.fence.days')}
            value={schedule.days ?? []}
            options={DAYS.map((n) => ({ value: n, label: t(`detection.fence.day.d${n}`) }))}
            onChange={(days) => {
              const { from, to } = schedule
              onChange(days.length === 0 ? { from, to } : { from, to, days: days.map(Number).toSorted() })
            }}
          />
          <small className="muted">{t('detection.fence.days')}</small>
        </>
      )}
    </div>
  )
}
