import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, Input, InputNumber, Modal, Segmented } from 'antd'
import type { TemporaryNote } from '../../../server/contract/case-file.ts'
import { addNote, endNote, moveNote } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useSubmitKey } from '../../ui/keys.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { errorText } from '../words.ts'
import { minuteText } from './times.ts'
import './notes-dialog.css'

interface Props {
  residentId: string
  /** Whose notes they are. */
  name: string
  notes: readonly TemporaryNote[]
  /** What was changed is to be fetched. */
  onChanged(): Promise<unknown>
  onClose(): void
}

interface Fields {
  text: string
  hours: number
}

const HOUR_MS = 3_600_000
const QUICK = [
  ['h4', 4],
  ['h24', 24],
  ['d3', 72],
  ['d7', 168],
] as const

/** Temporary notes: those that hold, and a new one. Each change is carried out at once. */
export function NotesDialog({ residentId, name, notes, onChanged, onClose }: Props) {
  const { t } = useTexts()
  useReturnFocus()
  const [form] = Form.useForm<Fields>()
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    onSettled: () => onChanged(),
  })
  useSubmitKey(form.submit, change.isPending)
  const later = (from: number, ms: number) => new Date(from + ms).toISOString()
  return (
    <Modal
      open
      destroyOnHidden
      width={560}
      title={
        <>
          {t('file.note.title')}
          <span className="dialog-case">{name}</span>
        </>
      }
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        <div className="dialog-foot">
          <span className="muted">{t('dialog.submitKey')}</span>
          <Button onClick={onClose}>{t('file.note.close')}</Button>
          <Button type="primary" loading={change.isPending} onClick={form.submit} data-testid="note-save">
            {t('file.note.save')}
          </Button>
        </div>
      }
    >
      <p className="dialog-lead">{t('file.note.lead')}</p>
      {change.error ? (
        <Alert
          className="dialog-refusal"
          type="warning"
          showIcon
          title={t('refused.title')}
          description={errorText(change.error, t)}
        />
      ) : null}
      <ul className="note-list" data-testid="note-list">
        {notes.length === 0 ? <li className="muted">{t('file.note.none')}</li> : null}
        {notes.map((note) => (
          <NoteRow
            key={note.noteId}
            note={note}
            busy={change.isPending}
            onExtend={() =>
              change.mutate(() => moveNote(residentId, note, later(Date.parse(note.until), 24 * HOUR_MS)))
            }
            onEnd={() => change.mutate(() => endNote(residentId, note))}
          />
        ))}
      </ul>
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ hours: 24 }}
        onFinish={({ text, hours }) =>
          change.mutate(() => addNote(residentId, { text: text.trim(), until: later(serverNow(), hours * HOUR_MS) }), {
            onSuccess: () => form.resetFields(),
          })
        }
      >
        <Form.Item
          name="text"
          label={t('file.note.text')}
          rules={[{ required: true, whitespace: true, message: t('file.note.needText') }]}
        >
          <Input.TextArea
            autoFocus
            maxLength={300}
            autoSize={{ minRows: 2, maxRows: 4 }}
            placeholder={t('file.note.textHint')}
            data-testid="note-text"
          />
        </Form.Item>
        <Form.Item label={t('file.note.lasts')} required>
          <Form.Item
            noStyle
            name="hours"
            rules={[{ required: true, type: 'integer', min: 1, max: 744, message: t('file.note.needHours') }]}
          >
            <InputNumber
              min={1}
              max={744}
              suffix={t('file.note.hours')}
              aria-label={t('file.note.lasts')}
              data-testid="note-hours"
            />
          </Form.Item>{' '}
          <Form.Item noStyle shouldUpdate>
            {() => (
              <Segmented
                value={form.getFieldValue('hours') as number}
                onChange={(hours) => form.setFieldValue('hours', hours)}
                options={QUICK.map(([key, value]) => ({ value, label: t(`file.note.quick.${key}`) }))}
              />
            )}
          </Form.Item>
        </Form.Item>
      </Form>
    </Modal>
  )
}

function NoteRow(props: { note: TemporaryNote; busy: boolean; onExtend(): void; onEnd(): void }) {
  const { t, language } = useTexts()
  const { note, busy } = props
  const time = (at: string) => minuteText(at, language)
  return (
    <li data-testid="note">
      <div>
        <p>{note.text}</p>
        <p className="muted figures">
          {t('file.note.until', { time: time(note.until) })} ·{' '}
          {t('file.note.by', { name: note.createdBy, time: time(note.createdAt) })}
        </p>
      </div>
      <Button size="small" disabled={busy} onClick={props.onExtend} data-testid="note-extend">
        {t('file.note.extend')}
      </Button>
      <Button size="small" disabled={busy} onClick={props.onEnd} data-testid="note-end">
        {t('file.note.end')}
      </Button>
    </li>
  )
}
