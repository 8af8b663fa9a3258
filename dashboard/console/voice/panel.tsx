import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import type { TFunction } from 'i18next'
import type { CaseDetail } from '../../../server/contract/case.ts'
import type { CaseVoice, DialTarget } from '../../../server/contract/voice.ts'
import { sessionQuery } from '../../api/queries.ts'
import { caseVoiceQuery } from '../../api/voice-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Key } from '../../ui/key.tsx'
import { useKeys } from '../../ui/keys.ts'
import { useStore } from '../../ui/store.ts'
import { whoText } from '../words.ts'
import { Calls } from './calls.tsx'
import { InCall } from './in-call.tsx'
import type { RecordingState } from './recorder.ts'
import { call, hangUp, mute } from './talk.ts'
import { isInCall, talkState } from './talk-state.ts'
import { useDial } from './use-dial.ts'
import './voice.css'

/** Talking with the home: through its terminal, or by telephone. A call stays here whatever case is looked at. */
export function VoicePanel({ detail }: { detail: CaseDetail | undefined }) {
  const { t } = useTexts()
  const talk = useStore(talkState)
  const caseId = detail?.case.caseId
  const { data } = useQuery({ ...caseVoiceQuery(caseId ?? ''), enabled: caseId !== undefined })
  const { data: session } = useQuery(sessionQuery)
  const isBusy = isInCall(talk)
  const { isOwn, open: dial } = useDial(detail)
  const terminal = data?.terminals[0]
  const start = () => {
    if (detail && terminal && isOwn) void call(detail.case.caseId, terminal.deviceId, whoText(detail.case, t))
  }
  const keys = new Map<string, () => void>([
    [
      'C',
      () => {
        if (isDialogOpen()) return
        if (isBusy) hangUp()
        else start()
      },
    ],
    [
      'U',
      () => {
        if (talk.phase === 'talking' && !isDialogOpen()) mute(!talk.isMuted)
      },
    ],
  ])
  useKeys(keys, true)
  if (!detail && talk.phase === 'idle') return null
  const isElsewhere = talk.caseId !== caseId
  return (
    <section className="voice" aria-label={t('voice.title')} data-testid="voice" data-phase={talk.phase}>
      <h3>{t('voice.title')}</h3>
      {isBusy ? (
        <InCall talk={talk} isElsewhere={isElsewhere} />
      ) : detail && data ? (
        <>
          <div className="voice-ways">
            <Button
              type="primary"
              disabled={!isOwn || terminal?.online !== true}
              data-testid="voice-call"
              aria-keyshortcuts="C"
              onClick={start}
            >
              {t('voice.call')} <Key name="C" />
            </Button>
            <Telephones telephones={data.telephones} disabled={!isOwn} onDial={dial} />
          </div>
          <p className="voice-note" role="status" data-testid="voice-note">
            {noteOf()}
          </p>
          <OtherDesk data={data} me={session?.userId} />
          <Calls calls={data.calls} mayListen={session?.role === 'supervisor' || session?.role === 'admin'} />
        </>
      ) : null}
      {talk.recording ? (
        <p className="voice-recording" role="status" data-testid="voice-recording" data-state={talk.recording.state}>
          {recordingText(talk.recording, t)}
        </p>
      ) : null}
    </section>
  )

  /** What came of the last call of this case, or why none is possible. */
  function noteOf(): string {
    if (talk.phase === 'over' && !isElsewhere) {
      if (talk.problem) return t(`voice.problem.${talk.problem}`)
      if (talk.reason) return t(`voice.reason.${talk.reason}`)
    }
    if (detail?.case.residentId === null) return t('voice.noResident')
    if (terminal === undefined) return t('voice.problem.no_terminal')
    if (!terminal.online) return t('voice.problem.terminal_offline')
    return isOwn ? t('voice.ready', { room: terminal.room ?? t('voice.home') }) : t('voice.notOwn')
  }
}

/** A part or two on its way is as it should be; more is worth knowing. */
function recordingText(recording: RecordingState, t: TFunction): string {
  if (recording.state !== 'recording') {
    return recording.state === 'storing'
      ? t('voice.recording.storing', { n: recording.waiting })
      : t(`voice.recording.${recording.state}`)
  }
  return recording.waiting > 2 ? t('voice.recording.behind', { n: recording.waiting }) : t('voice.recording.recording')
}

/** A key in a dialog is the dialog's. */
const isDialogOpen = (): boolean => document.querySelector('.ant-modal-wrap:not([style*="display: none"])') !== null

/** Somebody else talks with this home at this moment. */
function OtherDesk({ data, me }: { data: CaseVoice; me: string | undefined }) {
  const { t } = useTexts()
  const other = data.calls.find(
    ({ state, operator }) => (state === 'ringing' || state === 'connected') && operator.userId !== me,
  )
  if (other === undefined) return null
  return (
    <p className="voice-other" data-testid="voice-other">
      {t('voice.other', { name: other.operator.displayName })}
    </p>
  )
}

/** Everybody of the case who has a number. */
function Telephones(props: {
  telephones: CaseVoice['telephones']
  disabled: boolean
  onDial(target: DialTarget): void
}) {
  const { t } = useTexts()
  const { telephones } = props
  const items = telephones.map(({ who, masked }, n) => ({ key: String(n), label: `${who} ${masked}` }))
  const open = (key: string) => {
    const telephone = telephones[Number(key)]
    if (telephone) props.onDial(telephone.target)
  }
  return (
    <Dropdown
      trigger={['click']}
      disabled={props.disabled || items.length === 0}
      menu={{ items, onClick: ({ key }) => open(key) }}
    >
      <Button data-testid="voice-dial">{t('voice.dial')}</Button>
    </Dropdown>
  )
}
