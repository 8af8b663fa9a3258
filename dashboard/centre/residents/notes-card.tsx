import { Button } from 'antd'
import { useState } from 'react'
import type { ResidentFile } from '../../../server/contract/case.ts'
import type { TemporaryNote } from '../../../server/contract/case-file.ts'
import { refreshFile } from '../../api/file-queries.ts'
import { NotesDialog } from '../../console/file/notes-dialog.tsx'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { Card } from './card.tsx'

/** What holds for a time, and what has held. */
export function NotesCard({ file, past }: { file: ResidentFile; past: readonly TemporaryNote[] }) {
  const { t, language } = useTexts()
  const [open, setOpen] = useState(false)
  const time = (at: string) => timeText(at, serverNow(), language)
  return (
    <Card title={t('residents.note.title')} testId="card-notes">
      <ul className="resident-list">
        {file.notes.length === 0 ? <li className="muted">{t('file.note.none')}</li> : null}
        {file.notes.map((note) => (
          <li key={note.noteId}>
            <div>
              <p>{note.text}</p>
              <p className="muted figures">{t('file.note.until', { time: time(note.until) })}</p>
            </div>
          </li>
        ))}
      </ul>
      <Button onClick={() => setOpen(true)} data-testid="notes-edit">
        {t(file.notes.length === 0 ? 'file.note.add' : 'file.note.edit')}
      </Button>
      {past.length > 0 ? (
        <details className="resident-past" data-testid="notes-past">
          <summary>{t('residents.note.past', { n: past.length })}</summary>
          <ul className="resident-list">
            {past.map((note) => (
              <li key={note.noteId}>
                <div>
                  <p>{note.text}</p>
                  <p className="muted figures">
                    {note.endedAt === null
                      ? t('residents.note.expired', { time: time(note.until) })
                      : t('residents.note.endedBy', { name: note.endedBy ?? '', time: time(note.endedAt) })}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {open ? (
        <NotesDialog
          residentId={file.residentId}
          name={file.name}
          notes={file.notes}
          onChanged={() => refreshFile(file.residentId)}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </Card>
  )
}
