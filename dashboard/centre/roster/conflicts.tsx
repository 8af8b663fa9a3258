import { Alert, Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import type { RosterWeekView } from '../../../server/contract/roster.ts'
import type { Conflict } from '../../../server/contract/roster-conflicts.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Props {
  conflicts: readonly Conflict[]
  people: RosterWeekView['people']
  dirty: boolean
  busy: boolean
  failure: string | null
  /** @param note why the conflicts are meant, or null without any */
  onSave(note: string | null): void
  onDiscard(): void
}

/** What is wrong with the week, by name, and saving it. */
export function ConflictsBox({ conflicts, people, dirty, busy, failure, onSave, onDiscard }: Props) {
  const { t } = useTexts()
  const [accept, setAccept] = useState(false)
  const [note, setNote] = useState('')
  const overlap = conflicts.some(({ kind }) => kind === 'overlap')
  const name = (userId: string) => people.find((one) => one.userId === userId)?.displayName ?? ''
  const blocked = conflicts.length > 0 && (overlap || !accept || note.trim() === '')
  return (
    <div className="roster-save">
      {conflicts.length > 0 ? (
        <Alert
          type={overlap ? 'error' : 'warning'}
          showIcon
          data-testid="roster-conflicts"
          title={t('roster.conflicts', { n: conflicts.length })}
          description={
            <>
              <p>{t('roster.conflictsText')}</p>
              <ul>
                {conflicts.slice(0, 20).map(({ kind, userId, day, hours }) => (
                  <li key={`${kind} ${userId} ${day}`}>
                    <b>{name(userId)}</b> <span className="figures">{day}</span>{' '}
                    {t(`roster.conflict.${kind}`, { hours: Math.round(hours * 10) / 10 })}
                  </li>
                ))}
              </ul>
              {overlap || !dirty ? null : (
                <div className="office-tools">
                  <Checkbox checked={accept} onChange={(event) => setAccept(event.target.checked)}>
                    {t('roster.accept')}
                  </Checkbox>
                  <Input
                    aria-label={t('roster.note')}
                    placeholder={t('roster.noteHint')}
                    value={note}
                    maxLength={200}
                    disabled={!accept}
                    onChange={(event) => setNote(event.target.value)}
                    className="office-search"
                    data-testid="roster-note"
                  />
                </div>
              )}
            </>
          }
        />
      ) : null}
      {failure === null ? null : (
        <Alert type="error" showIcon title={t('refused.title')} description={failure} data-testid="roster-failed" />
      )}
      {dirty || failure !== null ? (
        <div className="office-tools" data-testid="roster-unsaved">
          <b>{t('roster.unsaved')}</b>
          <Button
            type="primary"
            disabled={blocked}
            loading={busy}
            onClick={() => onSave(conflicts.length > 0 ? note.trim() : null)}
            data-testid="roster-save"
          >
            {t('roster.save')}
          </Button>
          <Button onClick={onDiscard}>{t('roster.discard')}</Button>
        </div>
      ) : null}
    </div>
  )
}
