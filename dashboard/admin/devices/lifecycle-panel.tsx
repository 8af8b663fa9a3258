import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import type { DeviceView, LifecycleEntry, LifecycleState } from '../../../server/contract/device.ts'
import { hasCode, request } from '../../api/client.ts'
import { DEVICE_KEYS, devicePath, lifecycleQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { fieldErrors } from './form-errors.ts'
import { NEXT_STEPS } from './lifecycle.ts'
import { Panel } from './panel.tsx'
import { Stage } from './signs.tsx'
import { deviceErrorText } from './terms.ts'

/** The stage of the home adaptation: the next steps, and how it came here. */
export function LifecyclePanel({ device }: { device: DeviceView }) {
  const { t } = useTexts()
  return (
    <Panel title={t('devices.life.title')} actions={<Stage stage={device.lifecycle} />} name="lifecycle">
      {device.lifecycle === 'retired' ? <p className="muted">{t('devices.life.end')}</p> : <Steps device={device} />}
      <h4>{t('devices.life.history')}</h4>
      <History deviceId={device.deviceId} />
    </Panel>
  )
}

/** Steps that take something away are asked about once. */
const ASKED = {
  in_stock: { title: 'devices.life.stockTitle', text: 'devices.life.stockText' },
  retired: { title: 'devices.life.retireTitle', text: 'devices.life.retireText' },
} as const
type Asked = keyof typeof ASKED

/** The server refuses by the same code for several reasons; the step tells which. */
function refusalText(error: unknown, to: LifecycleState | undefined, t: ReturnType<typeof useTexts>['t']): string {
  if (hasCode(error, 'wrong_state') && fieldErrors(error, 'en').some(({ field }) => field === 'residentId')) {
    return t('devices.life.needsResident')
  }
  if (hasCode(error, 'wrong_state') && to === 'retired') return t('devices.life.hubBusy')
  return deviceErrorText(error, t)
}

function Steps({ device }: { device: DeviceView }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [asking, setAsking] = useState<Asked | null>(null)
  const step = useMutation({
    mutationFn: (to: LifecycleState) =>
      request<DeviceView>('POST', `${devicePath(device.deviceId)}/lifecycle`, {
        version: device.version,
        to,
        ...(note.trim() ? { note: note.trim() } : {}),
      }),
    onSuccess: () => {
      setNote('')
      setAsking(null)
    },
    // Refused because of another version or stage: what is newest is shown with the reason.
    onSettled: () => client.invalidateQueries({ queryKey: DEVICE_KEYS.all }),
  })
  const [first, ...others] = NEXT_STEPS[device.lifecycle]
  const take = (to: LifecycleState) => (to === 'retired' || to === 'in_stock' ? setAsking(to) : step.mutate(to))
  const button = (to: LifecycleState, usual: boolean) => (
    <Button
      key={to}
      type={usual && to !== 'faulty' ? 'primary' : 'default'}
      danger={to === 'retired'}
      // No loading icon: it widens its button, and the ones beside it would move under the hand.
      aria-busy={step.isPending && step.variables === to}
      disabled={step.isPending}
      onClick={() => take(to)}
      data-testid={`step-${to}`}
    >
      {t(`lifecycleStep.${to}`)}
    </Button>
  )
  return (
    <div className="life-steps">
      <Input.TextArea
        aria-label={t('devices.life.note')}
        placeholder={t('devices.life.noteHint')}
        maxLength={500}
        autoSize={{ minRows: 1, maxRows: 4 }}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <div className="life-buttons">
        {first ? button(first, true) : null}
        {others.map((to) => button(to, false))}
      </div>
      {step.error && asking === null ? (
        <Alert type="warning" showIcon title={refusalText(step.error, step.variables, t)} />
      ) : null}
      {asking === null ? null : (
        <Ask
          about={asking}
          pending={step.isPending}
          error={step.error}
          onTake={() => step.mutate(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  )
}

interface AskProps {
  about: Asked
  pending: boolean
  error: Error | null
  onTake(): void
  onClose(): void
}

function Ask({ about, pending, error, onTake, onClose }: AskProps) {
  useReturnFocus()
  const { t } = useTexts()
  return (
    <Modal
      open
      width={440}
      title={t(ASKED[about].title)}
      okText={t(`lifecycleStep.${about}`)}
      okButtonProps={{ danger: about === 'retired', autoFocus: true }}
      confirmLoading={pending}
      onOk={onTake}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t(ASKED[about].text)}</p>
      {error ? <Alert type="warning" showIcon title={refusalText(error, about, t)} /> : null}
    </Modal>
  )
}

function History({ deviceId }: { deviceId: string }) {
  const { t } = useTexts()
  const query = useQuery(lifecycleQuery(deviceId))
  if (query.data) {
    if (query.data.length === 0) return <p className="muted">{t('devices.life.none')}</p>
    return (
      <ol className="life-history">
        {query.data.toReversed().map((entry) => (
          <Entry key={`${entry.at}${entry.to}`} entry={entry} />
        ))}
      </ol>
    )
  }
  if (query.isPending) return <LateSkeleton rows={3} />
  return (
    <ErrorState
      compact
      title={t('admin.failed')}
      text={errorText(query.error, t)}
      onRetry={() => void query.refetch()}
    />
  )
}

function Entry({ entry }: { entry: LifecycleEntry }) {
  const { t, language } = useTexts()
  return (
    <li>
      <div>
        <b>{entry.from === entry.to ? t('devices.life.moved') : t(`lifecycle.${entry.to}`)}</b>
        {entry.from === null ? <span className="muted"> · {t('devices.life.start')}</span> : null}
        {entry.room ? <span className="muted"> · {entry.room}</span> : null}
      </div>
      <small className="muted figures">
        {timeText(entry.at, serverNow(), language)} · {entry.by ?? t('devices.life.platform')}
      </small>
      {entry.note ? <p>{entry.note}</p> : null}
    </li>
  )
}
