import { Dropdown, type MenuProps } from 'antd'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { PatternView, RosterWeekView } from '../../../server/contract/roster.ts'
import type { Conflict } from '../../../server/contract/roster-conflicts.ts'
import { useTexts } from '../../i18n/i18n.ts'
import type { Language } from '../../ui/formats.ts'
import { daysOf, hoursOf, type Slots, withCell } from './plan.ts'

interface Props {
  week: RosterWeekView
  slots: Slots
  conflicts: readonly Conflict[]
  onChange(slots: Slots): void
}

const MOVES: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** People down, days across. Arrows move, Enter opens, a figure chooses the shift, 0 or Delete takes it away. */
export function WeekGrid({ week, slots, conflicts, onChange }: Props) {
  const { t, language } = useTexts()
  const table = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState<readonly [number, number]>([0, 0])
  const [open, setOpen] = useState(false)
  const days = daysOf(week.monday)
  const patterns = week.patterns.filter(({ active }) => active)
  const hours = hoursOf(slots, week)
  const { people } = week

  const focus = (row: number, column: number) => {
    const to = [clamp(row, people.length), clamp(column, 7)] as const
    setAt(to)
    setOpen(false)
    table.current?.querySelector<HTMLButtonElement>(`[data-cell="${to.join()}"]`)?.focus()
  }
  const choose = (row: number, column: number, patternId: string | null) => {
    const [person, day] = [people[row], days[column]]
    if (person && day) onChange(withCell(slots, person.userId, day, patternId))
    setOpen(false)
  }
  const pressed = (event: KeyboardEvent, row: number, column: number) => {
    const move = MOVES[event.key]
    const figure = /^[0-9]$/.test(event.key) ? Number(event.key) : event.key === 'Delete' ? 0 : null
    if (open || event.ctrlKey || event.metaKey || event.altKey || (!move && figure === null)) return
    event.preventDefault()
    if (move) focus(row + move[0], column + move[1])
    else if (figure === 0) choose(row, column, null)
    else if (figure !== null && patterns[figure - 1]) choose(row, column, patterns[figure - 1]?.patternId ?? null)
  }

  return (
    <div className="roster-scroll">
      <table className="roster" ref={table} data-testid="roster-grid">
        <thead>
          <tr>
            <th scope="col">{t('roster.person')}</th>
            {days.map((day) => (
              <th scope="col" key={day} className="figures">
                {dayName(day, language)}
              </th>
            ))}
            <th scope="col">{t('roster.hours')}</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ userId, displayName, role }, row) => (
            <tr key={userId}>
              <th scope="row">
                {displayName}
                {role === 'operator' ? null : <small className="muted"> {t(`role.${role}`)}</small>}
              </th>
              {days.map((day, column) => {
                const own = slots.filter((slot) => slot.userId === userId && slot.day === day)
                const wrong = conflicts.filter((one) => one.userId === userId && one.day === day)
                const here = at[0] === row && at[1] === column
                const cell = (
                  <button
                    type="button"
                    data-cell={`${row},${column}`}
                    data-wrong={wrong.some(({ kind }) => kind === 'overlap') ? 'overlap' : wrong[0]?.kind}
                    tabIndex={here ? 0 : -1}
                    aria-label={`${t('roster.cell', { name: displayName, day: dayName(day, language) })}: ${
                      own.map((slot) => nameOf(week, slot.patternId)).join(' + ') || t('roster.none')
                    }`}
                    onFocus={() => setAt([row, column])}
                    onClick={() => {
                      setAt([row, column])
                      setOpen(true)
                    }}
                    onKeyDown={(event) => pressed(event, row, column)}
                  >
                    {own.length === 0 ? <span className="muted">—</span> : null}
                    {own.map(({ patternId }) => (
                      <span key={patternId} className="roster-shift">
                        {nameOf(week, patternId)}
                      </span>
                    ))}
                    {wrong.map(({ kind, hours: n }) => (
                      <em key={kind}>⚠ {t(`roster.conflict.${kind}`, { hours: round(n) })}</em>
                    ))}
                  </button>
                )
                return (
                  <td key={day}>
                    {here && open ? (
                      <Dropdown
                        open
                        autoFocus
                        trigger={['click']}
                        onOpenChange={setOpen}
                        menu={menuOf(patterns, t('roster.none'), (patternId) => {
                          choose(row, column, patternId)
                          requestAnimationFrame(() => focus(row, column))
                        })}
                      >
                        {cell}
                      </Dropdown>
                    ) : (
                      cell
                    )}
                  </td>
                )
              })}
              <td className="figures roster-hours">{round(hours.get(userId) ?? 0)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {patterns.map(({ patternId, name, required }) => {
            const need = Math.max(0, ...required.map(({ heads }) => heads))
            return (
              <tr key={patternId}>
                <th scope="row">
                  {t('roster.need')} · {name}
                </th>
                {days.map((day) => {
                  const n = slots.filter((slot) => slot.patternId === patternId && slot.day === day).length
                  return (
                    <td key={day} className="figures" data-short={n < need || undefined}>
                      {n < need ? '⚠ ' : ''}
                      {n} / {need}
                    </td>
                  )
                })}
                <td />
              </tr>
            )
          })}
        </tfoot>
      </table>
    </div>
  )
}

const clamp = (n: number, length: number) => Math.min(Math.max(n, 0), length - 1)
const round = (hours: number) => Math.round(hours * 10) / 10
const nameOf = ({ patterns }: RosterWeekView, id: string) =>
  patterns.find(({ patternId }) => patternId === id)?.name ?? ''

function menuOf(patterns: readonly PatternView[], none: string, choose: (patternId: string | null) => void): MenuProps {
  return {
    items: [
      ...patterns.map(({ patternId, name, start, end }, n) => ({
        key: patternId,
        label: `${name}  ${start}–${end}`,
        extra: n < 9 ? String(n + 1) : '',
      })),
      { key: '', label: none, extra: '0' },
    ],
    onClick: ({ key }) => choose(key === '' ? null : key),
  }
}

/** `3月2日 周一`, `Mon 2 Mar` */
function dayName(day: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', {
    timeZone: 'UTC',
    month: language === 'en' ? 'short' : 'numeric',
    day: 'numeric',
    weekday: 'short',
  }).format(new Date(`${day}T00:00:00Z`))
}
