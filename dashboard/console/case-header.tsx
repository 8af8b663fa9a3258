import type { TFunction as T } from 'i18next'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { AlertView, CaseDetail, CaseSummary, ResidentFile } from '../../server/contract/case.ts'
import { photoUrl } from '../api/file-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime, durationText, type Language } from '../ui/formats.ts'
import { Age, Countdown } from '../ui/ticking.tsx'
import { CertaintyMark, RowMarks } from './certainty.tsx'
import { isOpen } from './queue-order.ts'
import { urgencyOf } from './tone.ts'
import { leadAlert } from './why.ts'
import { caseNumber, deviceKindText, incidentText, rowText, titleText, whoText } from './words.ts'

interface Props {
  item: CaseSummary
  detail: CaseDetail | undefined
}

/** Who, why, and the clock. Shown from the queue's row at once; the file fills in when it arrives. */
export function CaseHeader({ item, detail }: Props) {
  const { t, language } = useTexts()
  const name = whoText(item, t)
  const lead = detail && leadAlert(item, detail.alerts)
  return (
    <header className="case-head" data-urgency={urgencyOf(item)}>
      <Face item={item} photoId={detail?.resident?.photo?.photoId ?? null} />
      <div className="case-who">
        <h2>
          <span className="case-name">{name}</span>
          <span className="case-facts">
            {item.residentId !== null ? (
              <Person item={item} file={detail?.resident ?? null} />
            ) : item.incident ? null : (
              t('header.noResident')
            )}
          </span>
        </h2>
        <What item={item} lead={lead} />
        <div className="case-why">
          <p data-testid="case-why">{whySentence(item, lead, language, t)}</p>
          {lead?.assessment ? (
            <p className="case-assessment" data-testid="case-assessment">
              <b>{t('why.assessed')}</b> {lead.assessment.explanation[language]}
            </p>
          ) : null}
        </div>
      </div>
      <CaseClock item={item} />
    </header>
  )
}

/** The photo, or the name's first letter: also while it loads, and when it can't be had. */
function Face({ item, photoId }: { item: CaseSummary; photoId: string | null }) {
  const { t } = useTexts()
  const [broken, setBroken] = useState<string | null>(null)
  const { residentId, residentName } = item
  const initial = residentName ? [...residentName][0] : '?'
  if (photoId === null || residentId === null || broken === photoId) {
    return (
      <div className="case-face" aria-hidden="true" data-testid="face-initial">
        {initial}
      </div>
    )
  }
  return (
    <div className="case-face" data-testid="face-photo">
      <img
        src={photoUrl(residentId, photoId)}
        alt={t('file.photo', { name: residentName ?? '' })}
        onError={() => setBroken(photoId)}
      />
    </div>
  )
}

function Person({ item, file }: { item: CaseSummary; file: Static<typeof ResidentFile> | null }) {
  const { t } = useTexts()
  const abilityWords = [
    'header.ability0',
    'header.ability1',
    'header.ability2',
    'header.ability3',
    'header.ability4',
  ] as const
  const word = file?.abilityLevel === null || file === null ? undefined : abilityWords[file.abilityLevel]
  const sex = file ? t(`gender.${file.gender}`) : ''
  const parts = [
    [sex, item.residentAge === null ? '' : t('common.years', { age: item.residentAge })].filter(Boolean).join(' '),
    word ? t('header.ability', { level: String(file?.abilityLevel), text: t(word) }) : '',
    file?.livesAlone ? t('header.alone') : '',
    file?.dialect ? t('header.speaks', { dialect: file.dialect }) : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

/** What it is, how sure, how bad: words with signs, on one line. */
function What({ item, lead }: { item: CaseSummary; lead: AlertView | undefined }) {
  const { t } = useTexts()
  return (
    <p className="case-what">
      <b>{t(`kind.${item.kind}`)}</b>
      <CertaintyMark certainty={item.certainty} />
      <RowMarks item={item} />
      {item.signalCount > 1 ? <span>{t('queue.times', { n: item.signalCount })}</span> : null}
      {item.incident ? <span>{incidentText(item.incident, t)}</span> : null}
      {item.cancelled ? (
        <b className="case-cancelled">{t('header.cancelled')}</b>
      ) : lead?.deviceState === 'restored' ? (
        <span>{t('header.restored')}</span>
      ) : null}
      {item.suppressed ? <span>{rowText(item, t)}</span> : null}
    </p>
  )
}

/** The lead alert's reason; for one that was raised before there were reasons, what its device said. */
function whySentence(item: CaseSummary, lead: AlertView | undefined, language: Language, t: T): string {
  if (lead?.reason) return lead.reason.explanation[language]
  const where = lead ? [lead.room, deviceKindText(lead.deviceKind, t)].filter(Boolean).join(' ') : item.room
  return t('header.why', {
    where: where ? `${where} · ` : '',
    kind: t(`kind.${lead?.kind ?? item.kind}`),
    count: lead?.signalCount ?? item.signalCount,
    time: clockTime(lead?.lastSignalAt ?? item.lastSignalAt),
  })
}

function CaseClock({ item }: { item: CaseSummary }) {
  const { t, language } = useTexts()
  const state = (
    <span className="case-state" data-testid="case-state" data-state={item.state}>
      {titleText({ ...item, cancelled: false }, t)}
    </span>
  )
  if (item.state === 'new') {
    return (
      <div className="case-clock" data-testid="case-clock">
        <span className="visually-hidden" data-testid="case-state" data-state="new">
          {t('state.new')}
        </span>
        <Age since={item.openedAt} waiting={item.category} className="case-age" />
        <small>{item.category === 'emergency' ? t('header.answerWithin') : t('header.waiting')}</small>
      </div>
    )
  }
  const after = item.claimedAt
    ? durationText((Date.parse(item.claimedAt) - Date.parse(item.openedAt)) / 1000, language)
    : ''
  return (
    <div className="case-clock" data-testid="case-clock">
      {item.holdUntil ? (
        <Countdown until={item.holdUntil} className="case-age" />
      ) : isOpen(item.state) ? (
        <Age since={item.claimedAt ?? item.openedAt} className="case-age" />
      ) : null}
      {state}
      <small>
        {item.holdUntil
          ? t('header.holdLeft')
          : item.owner && after
            ? t('header.answeredBy', { name: item.owner.displayName, after })
            : caseNumber(item, t)}
      </small>
    </div>
  )
}
