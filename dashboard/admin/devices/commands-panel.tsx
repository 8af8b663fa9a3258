import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import type { CommandView, DeviceModelView, DeviceView, NewCommand } from '../../../server/contract/device.ts'
import { request } from '../../api/client.ts'
import { commandsQuery, devicePath, modelsQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { CommandDialog, type FormCommand } from './command-dialog.tsx'
import { Panel } from './panel.tsx'
import { CommandSign } from './signs.tsx'
import { commandDetail, deviceErrorText } from './terms.ts'

/** What an office sends; the others go out with the work on a case. */
const SENDABLE = ['locate', 'sound', 'message', 'config'] as const
type Sendable = (typeof SENDABLE)[number]

/** What the model takes; without a known model everything is offered, and the device says what it can't. */
function sendable(device: DeviceView, models: readonly DeviceModelView[]): readonly Sendable[] {
  const model = models.find((candidate) => candidate.model === device.model)
  return model ? SENDABLE.filter((type) => model.commands.includes(type)) : SENDABLE
}

/** Commands to the device, and how far each has come. */
export function CommandsPanel({ device }: { device: DeviceView }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const models = useQuery(modelsQuery).data ?? []
  const [dialog, setDialog] = useState<FormCommand | null>(null)
  const send = useMutation({
    mutationFn: (command: NewCommand) =>
      request<CommandView>('POST', `${devicePath(device.deviceId)}/commands`, command),
    onSuccess: () => setDialog(null),
    onSettled: () => client.invalidateQueries({ queryKey: commandsQuery(device.deviceId).queryKey }),
  })
  const types = sendable(device, models)
  const retired = device.lifecycle === 'retired'
  const choose = (type: Sendable) => {
    send.reset()
    if (type === 'locate') send.mutate({ type })
    else setDialog(type)
  }
  return (
    <Panel
      title={t('devices.commands.title')}
      name="commands"
      actions={
        <span className="office-actions wrap">
          {types.map((type) => (
            <Button
              key={type}
              size="small"
              disabled={retired || send.isPending}
              onClick={() => choose(type)}
              data-testid={`send-${type}`}
            >
              {t(`command.${type}`)}
            </Button>
          ))}
        </span>
      }
    >
      <p className="muted panel-lead">
        {t(types.length === 0 ? 'devices.commands.noneSupported' : 'devices.commands.lead')}
      </p>
      {send.error && dialog === null ? <Alert type="error" showIcon title={deviceErrorText(send.error, t)} /> : null}
      <Sent deviceId={device.deviceId} />
      {dialog === null ? null : (
        <CommandDialog
          type={dialog}
          pending={send.isPending}
          error={send.error}
          onSend={(command) => send.mutate(command)}
          onClose={() => setDialog(null)}
        />
      )}
    </Panel>
  )
}

function Sent({ deviceId }: { deviceId: string }) {
  const { t } = useTexts()
  const query = useQuery(commandsQuery(deviceId))
  if (query.data) {
    if (query.data.items.length === 0) return <p className="muted">{t('devices.commands.none')}</p>
    return (
      <ul className="command-list" aria-live="polite">
        {query.data.items.map((command) => (
          <Command key={command.commandId} command={command} />
        ))}
      </ul>
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

function Command({ command }: { command: CommandView }) {
  const { t, language } = useTexts()
  const at = (moment: string) => timeText(moment, serverNow(), language)
  const detail = commandDetail(command, t)
  return (
    <li data-testid="command">
      <CommandSign state={command.state} />
      <div>
        <b>{t(`command.${command.type}`)}</b>
        {detail ? <span className="soft"> {detail}</span> : null}
        {command.reply ? <Reply reply={command.reply} /> : null}
      </div>
      <small className="muted figures">
        <span>
          {t('devices.commands.by', {
            name: command.by ?? t('devices.commands.platform'),
            time: at(command.createdAt),
          })}
        </span>
        <span>{progressText(command, at, t)}</span>
      </small>
    </li>
  )
}

function progressText(
  command: CommandView,
  at: (moment: string) => string,
  t: ReturnType<typeof useTexts>['t'],
): string {
  if (command.repliedAt) return t('devices.commands.repliedAt', { time: at(command.repliedAt) })
  if (command.sentAt) return t('devices.commands.sentAt', { time: at(command.sentAt) })
  return command.state === 'queued' ? t('devices.commands.queuedUntil', { time: at(command.expiresAt) }) : ''
}

/** As text: it came from a device. */
function Reply({ reply }: { reply: NonNullable<CommandView['reply']> }) {
  const { t } = useTexts()
  const entries = Object.entries(reply)
  if (entries.length === 0) return null
  return (
    <small className="command-reply">
      <span className="visually-hidden">{t('devices.commands.reply')}</span>
      <code>{entries.map(([key, value]) => `${key}: ${plain(value)}`).join('  ')}</code>
    </small>
  )
}

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
