import { Button } from 'antd'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { callOrder } from '../../../server/contract/availability.ts'
import type { CaseDetail, CaseLogEntry, Contact } from '../../../server/contract/case.ts'
import { CALL_OUTCOMES, type CallOutcome } from '../../../server/contract/case-file.ts'
import type { DialTarget } from '../../../server/contract/voice.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, type Language } from '../../ui/formats.ts'
import { Key } from '../../ui/key.tsx'
import { useDial } from '../voice/use-dial.ts'
import { minuteText } from './times.ts'
import type { CaseFile } from './use-case-file.ts'
import './contacts.css'

interface Props {
  detail: CaseDetail
  file: CaseFile
}

/** Whom to call, in the order in which they can be reached; the file's order stands on each. */
export function Contacts({ detail, file }: Props) {
  const { t } = useTexts()
  const contacts = callOrder(detail.resident?.contacts ?? [])
  const next = contacts.find(({ position }) => file.phones[position] === undefined)
  const state = contacts[0]?.availability.state
  const { isOwn, open } = useDial(detail)
  return (
    <section aria-label={t('contacts.title')} data-testid="contacts">
      <h3>{t('contacts.title')}</h3>
      {contacts.length === 0 ? (
        <p className="side-none">
          <b>{t('contacts.none')}</b> {t('contacts.noneText')}
        </p>
      ) : null}
      {state === 'later' || state === 'away' ? <p className="contacts-hint">{t('file.contact.nobodyNow')}</p> : null}
      <ol className="contacts">
        {contacts.map((contact) => (
          <ContactRow
            key={contact.position}
            contact={contact}
            last={lastCall(detail.log, contact.position)}
            phone={file.phones[contact.position]}
            isNext={contact === next}
            file={file}
            onDial={isOwn ? open : null}
          />
        ))}
      </ol>
    </section>
  )
}

interface RowProps {
  contact: Contact
  last: CaseLogEntry | undefined
  /** The whole number, once it was asked for. */
  phone: string | undefined
  isNext: boolean
  file: CaseFile
  /** Null while the case is not this operator's. */
  onDial: ((target: DialTarget) => void) | null
}

function ContactRow({ contact, last, phone, isNext, file, onDial }: RowProps) {
  const { t, language } = useTexts()
  const [dialled, setDialled] = useState(false)
  const { position, name, relation, note, availability } = contact
  const reachable = availability.state === 'now' || availability.state === 'unknown'
  const toggle = () => file.toggle({ what: 'phone', position })
  return (
    <li data-testid="contact" data-position={position} data-reachable={reachable}>
      <span className="contact-order" title={t('file.contact.order', { n: position })}>
        {position}
      </span>
      <p className="contact-name" title={`${relation} ${name}`}>
        {relation} {name}
      </p>
      <span className="contact-state" data-state={availability.state} data-testid="contact-state">
        {availabilityText(contact, t, language)}
      </span>
      <div className="contact-who">
        <p className="contact-more" title={note ?? undefined}>
          <button
            type="button"
            className="contact-phone"
            data-shown={phone !== undefined || undefined}
            data-testid="contact-phone"
            aria-label={`${phone ?? contact.phone}, ${t(phone === undefined ? 'file.contact.reveal' : 'file.contact.hide')}`}
            {...(isNext ? { 'aria-keyshortcuts': 'P' } : {})}
            onClick={toggle}
          >
            {phone ?? contact.phone} {isNext ? <Key name="P" /> : null}
          </button>
          {onDial ? (
            <button
              type="button"
              className="contact-dial"
              data-testid="contact-dial"
              aria-label={t('file.contact.dial', { who: `${relation} ${name}` })}
              onClick={() => {
                setDialled(true)
                onDial({ kind: 'contact', position })
              }}
            >
              {t('voice.dial')}
            </button>
          ) : null}
          {note ? <span className="contact-note"> · {note}</span> : null}
        </p>
        {phone?.includes('*') ? <p className="contact-more">{t('file.contact.incomplete')}</p> : null}
        {last ? (
          <p className="contact-last" data-outcome={String(last.detail.outcome)} data-testid="contact-last">
            {t('file.contact.last', {
              time: clockTime(last.at).slice(0, 5),
              outcome: t(`file.outcome.${last.detail.outcome as CallOutcome}`),
            })}
          </p>
        ) : null}
      </div>
      {phone !== undefined || dialled ? <Outcomes position={position} file={file} /> : null}
    </li>
  )
}

/** How the call went, one press each. */
function Outcomes({ position, file }: { position: number; file: CaseFile }) {
  const { t } = useTexts()
  return (
    <fieldset className="contact-outcomes" aria-label={t('file.contact.called')}>
      {CALL_OUTCOMES.map((outcome) => (
        <Button
          key={outcome}
          size="small"
          disabled={file.calling}
          data-testid={`called-${outcome}`}
          onClick={() => file.called(position, outcome)}
        >
          {t(`file.outcome.${outcome}`)}
        </Button>
      ))}
    </fieldset>
  )
}

function availabilityText({ availability }: Contact, t: TFunction, language: Language): string {
  const time = (at: string | null) => (at === null ? '' : minuteText(at, language))
  const { state, until, from } = availability
  switch (state) {
    case 'now':
      return until === null ? `● ${t('file.contact.now')}` : `● ${t('file.contact.nowUntil', { time: time(until) })}`
    case 'unknown':
      return t('file.contact.unknown')
    case 'later':
      return from === null
        ? `○ ${t('file.contact.laterUnknown')}`
        : `○ ${t('file.contact.later', { time: time(from) })}`
    case 'away':
      return `✕ ${t('file.contact.away', { time: time(until) })}`
  }
}

const lastCall = (log: readonly CaseLogEntry[], position: number) =>
  log.findLast(({ action, detail }) => action === 'contact_called' && detail.position === position)
