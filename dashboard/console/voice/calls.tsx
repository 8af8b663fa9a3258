import { App, Button, Input, Modal } from 'antd'
import { useEffect, useState } from 'react'
import type { CallView } from '../../../server/contract/voice.ts'
import { listenTo } from '../../api/voice-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, durationText } from '../../ui/formats.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { errorText } from '../words.ts'

const SHOWN = 3

/** The last calls of the case, and for supervisors their recordings. */
export function Calls({ calls, mayListen }: { calls: readonly CallView[]; mayListen: boolean }) {
  const { t, language } = useTexts()
  const [listening, setListening] = useState<CallView | null>(null)
  const past = calls.filter(({ endedAt }) => endedAt !== null).slice(0, SHOWN)
  if (past.length === 0) return null
  return (
    <>
      <ul className="voice-past" aria-label={t('voice.past')}>
        {past.map((call) => (
          <li key={call.callId} data-testid="voice-past">
            <span>
              {clockTime(call.startedAt).slice(0, 5)} {call.operator.displayName} · {outcome(call)}
            </span>
            {call.recording && mayListen && !call.recording.expired ? (
              <Button size="small" type="link" data-testid="voice-listen" onClick={() => setListening(call)}>
                {call.recording.complete ? t('voice.listen') : t('voice.listenPart')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {listening ? <Listen call={listening} onClose={() => setListening(null)} /> : null}
    </>
  )

  function outcome({ answeredAt, endedAt, reason }: CallView): string {
    if (answeredAt !== null && endedAt !== null && reason !== 'lost' && reason !== 'media') {
      return durationText((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000, language)
    }
    return reason === null ? '' : t(`voice.short.${reason}`)
  }
}

/** Asks for the reason, then plays. */
function Listen({ call, onClose }: { call: CallView; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const { notification } = App.useApp()
  const [reason, setReason] = useState('')
  const [url, setUrl] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url)
    },
    [url],
  )
  const fetchSound = () => {
    setBusy(true)
    listenTo(call.callId, reason.trim())
      .then((sound) => setUrl(URL.createObjectURL(sound)))
      .catch((error: unknown) =>
        notification.error({ title: t('voice.listenFailed'), description: errorText(error, t) }),
      )
      .finally(() => setBusy(false))
  }
  return (
    <Modal
      open
      title={t('voice.listenTitle')}
      okText={t('voice.listen')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: reason.trim() === '' || url !== null, loading: isBusy }}
      onOk={fetchSound}
      onCancel={onClose}
    >
      <label htmlFor="listen-reason">{t('voice.listenReason')}</label>
      <Input
        id="listen-reason"
        autoFocus
        maxLength={500}
        value={reason}
        disabled={url !== null}
        onChange={({ target }) => setReason(target.value)}
      />
      {url === null ? null : (
        <audio controls autoPlay src={url} data-testid="voice-sound">
          <track kind="captions" />
        </audio>
      )}
    </Modal>
  )
}
