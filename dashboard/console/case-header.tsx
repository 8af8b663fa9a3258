import type { Static } from 'typebox'
import type { AlertView, CaseDetail, CaseSummary, ResidentFile } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime, durationText } from '../ui/formats.ts'
import { Age, Countdown } from '../ui/ticking.tsx'
import { isOpen } from './queue-order.ts'
import { urgencyOf } from './tone.ts'
import { caseNumber, deviceKindText, titleText, whoText } from './words.ts'

interface Props {
  item: CaseSummary
  detail: CaseDetail | undefined
}

/** Who, why, and the clock. Shown from the queue's row at once; the file fills in when it arrives. */
export function CaseHeader({ item, detail }: Props) {
  const { t } = useTexts()
  const name = whoText(item, t)
  return (
    <header className="case-head" data-urgency={urgencyOf(item)}>
      <div className="case-face" aria-hidden="true">
        {item.residentName ? [...item.residentName][0] : '?'}
      </div>
      <div className="case-who">
        <h2>
          <span className="case-name">{name}</span>
          <span className="case-facts">
            {item.residentId === null ? t('header.noResident') : <Person item={item} file={detail?.resident ?? null} />}
          </span>
        </h2>
        <p className="case-why">
          <Why item={item} alerts={detail?.alerts ?? []} />
        </p>
      </div>
      <CaseClock item={item} />
    </header>
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

/** One sentence from what the devices said; nothing is concluded that no device reported. */
function Why({ item, alerts }: { item: CaseSummary; alerts: readonly Static<typeof AlertView>[] }) {
  const { t } = useTexts()
  const shown = alerts.slice(0, 3).map((alert) => {
    const where = [alert.room, deviceKindText(alert.deviceKind, t)].filter(Boolean).join(' ')
    const text = t('header.why', {
      where: where ? `${where} · ` : '',
      kind: t(`kind.${alert.kind}`),
      count: alert.signalCount,
      time: clockTime(alert.lastSignalAt),
    })
    return alert.deviceState === 'restored' && !item.cancelled ? `${text} (${t('header.restored')})` : text
  })
  if (shown.length === 0) {
    shown.push(
      t('header.why', {
        where: item.room ? `${item.room} ` : '',
        kind: t(`kind.${item.kind}`),
        count: item.signalCount,
        time: clockTime(item.lastSignalAt),
      }),
    )
  }
  return (
    <>
      {shown.join('；')}
      {item.cancelled ? <b className="case-cancelled"> — {t('header.cancelled')}</b> : null}
    </>
  )
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
