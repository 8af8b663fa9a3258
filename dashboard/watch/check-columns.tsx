import { Button, Input, type TableColumnsType } from 'antd'
import type { KeyboardEvent } from 'react'
import type { CheckState, OutageResident } from '../../server/contract/watch.ts'
import { useTexts } from '../i18n/i18n.ts'
import { timeText } from '../ui/formats.ts'
import { Key } from '../ui/key.tsx'
import { serverNow } from '../ui/server-clock.ts'
import { Resident } from './parts.tsx'
import { Phones } from './phones.tsx'
import { type Checks, noteId, RESULTS } from './use-checks.ts'

const TONES: Record<CheckState, string> = { open: 'none', reached: 'good', unreachable: 'risk', not_needed: 'good' }

/** Columns of the list after an outage: who, how it stands, a note, and the results as keys. */
export function useCheckColumns(outageId: number, checks: Checks): TableColumnsType<OutageResident> {
  const { t } = useTexts()
  return [
    {
      title: t('watch.resident'),
      key: 'who',
      render: (_, row) => (
        <>
          <Resident of={row} />
          <LastCall at={row.lastCallAt} />
          <Phones outageId={outageId} resident={row} />
        </>
      ),
    },
    { title: t('watch.place'), dataIndex: 'place', width: 190, render: (place: string | null) => place ?? '—' },
    { title: t('watch.outage.state'), key: 'state', width: 210, render: (_, row) => <State row={row} /> },
    { title: t('watch.outage.note'), key: 'note', width: 200, render: (_, row) => <Note row={row} checks={checks} /> },
    {
      title: t('watch.outage.set'),
      key: 'set',
      width: 330,
      render: (_, row) => (
        <span className="watch-set">
          {RESULTS.map((state, n) => (
            <Button
              key={state}
              size="small"
              disabled={checks.busy.has(row.residentId)}
              aria-keyshortcuts={`${n + 1}`}
              data-testid={`check-${state}`}
              onClick={(event) => {
                event.stopPropagation()
                checks.record(row.residentId, state)
              }}
            >
              <Key name={`${n + 1}`} /> {t(`watch.outage.states.${state}`)}
            </Button>
          ))}
        </span>
      ),
    },
  ]
}

function LastCall({ at }: { at: string | null }) {
  const { t, language } = useTexts()
  if (at === null) return null
  return <div className="muted">{t('watch.outage.calledAt', { time: timeText(at, serverNow(), language) })}</div>
}

function State({ row }: { row: OutageResident }) {
  const { t, language } = useTexts()
  return (
    <>
      <span className="watch-tag" data-tone={TONES[row.state]} data-testid="check-state">
        {t(`watch.outage.states.${row.state}`)}
      </span>
      {row.by === null || row.at === null ? null : (
        <div className="muted figures">
          {t('watch.outage.by', { name: row.by, time: timeText(row.at, serverNow(), language) })}
        </div>
      )}
      {row.note === null ? null : <div className="watch-note">{row.note}</div>}
    </>
  )
}

function Note({ row: { residentId, name }, checks }: { row: OutageResident; checks: Checks }) {
  const { t } = useTexts()
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur()
    const result = event.altKey ? RESULTS[Number(/^Digit([1-3])$/.exec(event.code)?.[1] ?? 0) - 1] : undefined
    if (result === undefined) return
    event.preventDefault()
    event.currentTarget.blur()
    checks.record(residentId, result)
  }
  return (
    <Input
      id={noteId(residentId)}
      size="small"
      maxLength={500}
      autoComplete="off"
      placeholder={t('watch.outage.noteHint')}
      aria-label={t('watch.outage.noteOf', { name })}
      value={checks.noteOf(residentId)}
      onFocus={() => checks.select(residentId)}
      onChange={(event) => checks.setNote(residentId, event.target.value)}
      onKeyDown={pressed}
    />
  )
}
