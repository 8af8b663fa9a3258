import { Button, Form, Input, InputNumber, Select } from 'antd'
import type { AvailabilityWindow } from '../../../server/contract/availability.ts'
import type { Contact, ResidentFile } from '../../../server/contract/case.ts'
import { saveAvailability } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { Card } from './card.tsx'
import { useSave } from './use-save.ts'

interface Fields {
  windows: AvailabilityWindow[]
  /** From now on; null: an absence that is noted already stays. */
  awayDays: number | null
}

const DAYS = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'] as const
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/
const DAY_MS = 86_400_000

/** When each contact can be reached. */
export function ContactsCard({ file }: { file: ResidentFile }) {
  const { t } = useTexts()
  return (
    <Card title={t('residents.contact.title')} lead={t('residents.contact.lead')} testId="card-contacts">
      {file.contacts.length === 0 ? <p className="muted">{t('residents.contact.none')}</p> : null}
      {file.contacts.map((contact) => (
        // Made anew when the file has changed: it shows what is stored.
        <ContactForm key={`${contact.position} ${file.version}`} file={file} contact={contact} />
      ))}
    </Card>
  )
}

function ContactForm({ file, contact }: { file: ResidentFile; contact: Contact }) {
  const { t, language } = useTexts()
  const { save, busy } = useSave(file.residentId)
  const { position, relation, name, phone, windows, awayUntil } = contact
  const submit = (fields: Fields) => {
    const days = fields.awayDays
    const until = days === null ? awayUntil : days === 0 ? null : new Date(serverNow() + days * DAY_MS).toISOString()
    const update = { version: file.version, windows: fields.windows, awayUntil: until }
    save(() => saveAvailability(file.residentId, position, update))
  }
  const time = [{ required: true, pattern: TIME, message: t('residents.contact.time') }]
  return (
    <Form<Fields>
      className="resident-contact"
      requiredMark={false}
      initialValues={{ windows, awayDays: null }}
      onFinish={submit}
      data-testid="contact-form"
      aria-label={`${relation} ${name}`}
    >
      <p>
        <span className="contact-rank">{position}</span> {relation} {name}{' '}
        <span className="muted figures">{[phone, contact.note].filter(Boolean).join(' · ')}</span>
      </p>
      <Form.List name="windows">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className="resident-row">
                <Form.Item
                  name={[field.name, 'days']}
                  rules={[{ required: true, message: t('residents.contact.needDays') }]}
                >
                  <Select
                    mode="multiple"
                    className="resident-days"
                    aria-label={t('residents.contact.days')}
                    placeholder={t('residents.contact.days')}
                    options={DAYS.map((day, index) => ({ value: index + 1, label: t(`residents.contact.day.${day}`) }))}
                  />
                </Form.Item>
                <Form.Item name={[field.name, 'from']} rules={time}>
                  <Input
                    className="resident-time"
                    maxLength={5}
                    aria-label={t('residents.contact.from')}
                    placeholder="08:00"
                  />
                </Form.Item>
                <span className="resident-dash">–</span>
                <Form.Item name={[field.name, 'to']} rules={time}>
                  <Input
                    className="resident-time"
                    maxLength={5}
                    aria-label={t('residents.contact.to')}
                    placeholder="18:00"
                  />
                </Form.Item>
                <Button onClick={() => remove(field.name)}>{t('residents.contact.remove')}</Button>
              </div>
            ))}
            {fields.length < 14 ? (
              <Button
                className="resident-add"
                onClick={() => add({ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' })}
                data-testid="window-add"
              >
                {t('residents.contact.add')}
              </Button>
            ) : null}
          </>
        )}
      </Form.List>
      {/* Outside of the list, whose name its fields would bear. */}
      <div className="resident-row">
        <Form.Item name="awayDays" noStyle rules={[{ type: 'integer', min: 0, max: 366 }]}>
          <InputNumber
            min={0}
            max={366}
            className="resident-away"
            prefix={t('residents.contact.away')}
            aria-label={t('residents.contact.away')}
            data-testid="away-days"
          />
        </Form.Item>
        <span className="muted figures">
          {awayUntil === null
            ? t('residents.contact.awayHint')
            : t('residents.contact.awayUntil', { time: timeText(awayUntil, serverNow(), language) })}
        </span>
        <span className="office-space" />
        <Button htmlType="submit" type="primary" loading={busy} data-testid="contact-save">
          {t('residents.save')}
        </Button>
      </div>
    </Form>
  )
}
