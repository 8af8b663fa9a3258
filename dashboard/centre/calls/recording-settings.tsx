import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Radio } from 'antd'
import { useState } from 'react'
import type { VoiceSettings } from '../../../server/contract/voice.ts'
import { queryClient } from '../../api/queries.ts'
import { saveVoiceSettings, voiceSettingsQuery } from '../../api/voice-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'

/** Whether calls with homes are recorded, and how long; administrators decide. */
export function RecordingSettings({ mayChange }: { mayChange: boolean }) {
  const { t } = useTexts()
  const query = useQuery(voiceSettingsQuery)
  return (
    <section aria-label={t('calls.recording')} data-testid="recording-settings">
      <h2>{t('calls.recording')}</h2>
      <p className="office-lead">{t('calls.recordingLead')}</p>
      {query.data ? (
        <Form key={`${query.data.recording} ${query.data.retentionDays}`} settings={query.data} mayChange={mayChange} />
      ) : query.isError ? (
        <ErrorState
          compact
          title={t('admin.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <LateSkeleton rows={2} />
      )}
    </section>
  )
}

function Form({ settings, mayChange }: { settings: VoiceSettings; mayChange: boolean }) {
  const { t } = useTexts()
  const [draft, setDraft] = useState(settings)
  const save = useMutation({
    mutationFn: saveVoiceSettings,
    onSuccess: (saved) => queryClient.setQueryData(voiceSettingsQuery.queryKey, saved),
  })
  const isChanged = draft.recording !== settings.recording || draft.retentionDays !== settings.retentionDays
  return (
    <div className="office-tools">
      <Radio.Group
        disabled={!mayChange}
        value={draft.recording}
        onChange={({ target }) => setDraft({ ...draft, recording: target.value as VoiceSettings['recording'] })}
        options={(['off', 'with_notice'] as const).map((value) => ({ value, label: t(`calls.modes.${value}`) }))}
      />
      <span>
        <label htmlFor="retention-days">{t('calls.keep')}</label>{' '}
        <InputNumber
          id="retention-days"
          min={30}
          max={3650}
          precision={0}
          disabled={!mayChange}
          value={draft.retentionDays}
          onChange={(days) => days !== null && setDraft({ ...draft, retentionDays: days })}
          data-testid="retention-days"
        />{' '}
        {t('calls.days')}
      </span>
      {mayChange ? (
        <Button
          type="primary"
          disabled={!isChanged}
          loading={save.isPending}
          data-testid="recording-save"
          onClick={() => save.mutate(draft)}
        >
          {t('calls.save')}
        </Button>
      ) : (
        <span className="muted">{t('calls.adminOnly')}</span>
      )}
      {save.isError ? <span role="alert">{errorText(save.error, t)}</span> : null}
    </div>
  )
}
