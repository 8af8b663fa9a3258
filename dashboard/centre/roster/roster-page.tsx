import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { ROLES } from '../../../server/contract/api.ts'
import type { RosterWeekView } from '../../../server/contract/roster.ts'
import { dayAfter, dayAt, isMonday, mondayOf } from '../../../server/contract/roster-conflicts.ts'
import { rosterHistoryQuery, rosterQuery, saveWeek } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { centrePath } from '../routes.ts'
import { ConflictsBox } from './conflicts.tsx'
import { exportXlsx } from './export.ts'
import { History } from './history.tsx'
import { OwnShifts } from './own-shifts.tsx'
import { Patterns } from './patterns.tsx'
import { conflictsIn, copied, isSame, type Slots, slotsOf } from './plan.ts'
import { WeekGrid } from './week-grid.tsx'
import './roster.css'

/** The roster: supervisors plan a week, operators see their own shifts. */
export default function RosterPage({ session, id }: CentrePageProps) {
  const { t } = useTexts()
  const monday = id !== null && isMonday(id) ? id : mondayOf(dayAt(serverNow()))
  const may = ROLES.indexOf(session.role) >= ROLES.indexOf('supervisor')
  const { data, error, refetch } = useQuery({ ...rosterQuery(monday), enabled: may })
  if (!may) return <OwnShifts />
  if (!data) {
    return error ? (
      <ErrorState title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
    ) : (
      <LateSkeleton rows={10} />
    )
  }
  return <Week key={`${monday} ${data.version}`} week={data} />
}

function Week({ week }: { week: RosterWeekView }) {
  const { t } = useTexts()
  const { message } = App.useApp()
  const client = useQueryClient()
  const { monday } = week
  const saved = slotsOf(week.entries)
  const [slots, setSlots] = useState<Slots>(saved)
  const dirty = !isSame(slots, saved)
  const conflicts = conflictsIn(slots, week)
  const save = useMutation({
    mutationFn: (note: string | null) =>
      saveWeek(monday, {
        version: week.version,
        entries: [...slots],
        ...(note === null ? {} : { accept: true, note }),
      }),
    onSuccess: (stored) => {
      client.setQueryData(rosterQuery(monday).queryKey, stored)
      void client.invalidateQueries({ queryKey: rosterHistoryQuery(monday).queryKey })
      void message.success(t('roster.saved'))
    },
  })
  const copy = useMutation({
    mutationFn: () => client.fetchQuery(rosterQuery(dayAfter(monday, -7))),
    onSuccess: (before) => {
      setSlots(copied(before, week))
      void message.info(t('roster.copied'))
    },
  })
  const failed = save.error ?? copy.error
  const go = (to: string) => navigate(centrePath('roster', to))
  return (
    <section data-testid="roster">
      <p className="office-lead">{t('roster.lead')}</p>
      <div className="office-tools">
        <Button onClick={() => go(dayAfter(monday, -7))} disabled={dirty}>
          {t('roster.before')}
        </Button>
        <h2 className="roster-week figures">{t('roster.week', { from: monday, to: dayAfter(monday, 6) })}</h2>
        <Button onClick={() => go(dayAfter(monday, 7))} disabled={dirty} data-testid="week-after">
          {t('roster.after')}
        </Button>
        <Button onClick={() => go(mondayOf(dayAt(serverNow())))} disabled={dirty}>
          {t('roster.thisWeek')}
        </Button>
        <span className="office-space" />
        <Button onClick={() => copy.mutate()} loading={copy.isPending} data-testid="roster-copy">
          {t('roster.copy')}
        </Button>
        <Button href={`/api/v1/roster/weeks/${monday}/csv`} disabled={dirty}>
          {t('roster.csv')}
        </Button>
        <Button onClick={() => void exportXlsx(week)} disabled={dirty} data-testid="roster-xlsx">
          {t('roster.xlsx')}
        </Button>
      </div>
      {week.patterns.some(({ active }) => active) ? (
        <WeekGrid week={week} slots={slots} conflicts={conflicts} onChange={setSlots} />
      ) : (
        <EmptyState title={t('roster.noPatterns')} text={t('roster.noPatternsText')} />
      )}
      <ConflictsBox
        conflicts={conflicts}
        people={week.people}
        dirty={dirty}
        busy={save.isPending}
        failure={failed ? errorText(failed, t) : null}
        onSave={(note) => save.mutate(note)}
        onDiscard={() => {
          setSlots(saved)
          save.reset()
          // Somebody else may have planned meanwhile.
          void client.invalidateQueries({ queryKey: rosterQuery(monday).queryKey })
        }}
      />
      <Patterns patterns={week.patterns} monday={monday} />
      <History monday={monday} />
    </section>
  )
}
