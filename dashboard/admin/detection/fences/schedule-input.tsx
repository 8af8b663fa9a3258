import { Checkbox, Input, Segmented } from 'antd'
import { useState } from 'react'
import type { Fence } from '../../../../server/contract/fence.ts'
import { useTexts } from '../../../i18n/i18n.ts'

type Schedule = Fence['schedule']
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const BY_DAY: Schedule = { from: '06:00', to: '20:00' }

/** When an area is in force: always, or between two times on some days. */
export function ScheduleInput({ schedule, onChange }: { schedule: Schedule; onChange(schedule: Schedule): void }) {
  const { t } = useTexts()
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
            <TimeOfDay
              label={t('detection.fence.timeFrom')}
              value={schedule.from}
              onChange={(from) => onChange({ ...schedule, from })}
            />
            –
            <TimeOfDay
              label={t('detection.fence.timeTo')}
              value={schedule.to}
              onChange={(to) => onChange({ ...schedule, to })}
            />
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

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** HH:MM of 24 hours, whatever the browser's language would make of it. What is no time is forgotten when it is left. */
function TimeOfDay({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? value
  return (
    <Input
      className="fence-time figures"
      aria-label={label}
      inputMode="numeric"
      maxLength={5}
      value={text}
      {...(TIME.test(text) ? {} : { status: 'error' as const })}
      onChange={({ target }) => {
        const next = target.value.replace('：', ':')
        setTyped(next)
        if (TIME.test(next)) onChange(next)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}
