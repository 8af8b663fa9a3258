import type { CommandState } from '../../../server/contract/command.ts'
import type { BridgeView, DeviceView, LifecycleState } from '../../../server/contract/device.ts'
import { useTexts } from '../../i18n/i18n.ts'

/** Small signs that always carry their word: colour alone says nothing. */

type Tone = 'good' | 'soon' | 'late' | 'busy' | 'past'

export function Sign({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="sign" data-tone={tone}>
      <i aria-hidden="true" />
      {children}
    </span>
  )
}

/** Red where it should be heard of: a device on the shelf, or one not yet connected, is no fault. */
export function Online({ online, lastSeenAt, lifecycle }: Pick<DeviceView, 'online' | 'lastSeenAt' | 'lifecycle'>) {
  const { t } = useTexts()
  if (online) return <Sign tone="good">{t('common.online')}</Sign>
  if (lastSeenAt === null) return <Sign tone="past">{t('devices.page.neverSeen')}</Sign>
  return <Sign tone={isAwaited(lifecycle) ? 'late' : 'past'}>{t('common.offline')}</Sign>
}

/** A bridge that never logged in: the platform goes to it, and how that is doing is on the page of the bridges. */
export const isOutgoing = ({ kind, lastSeenAt }: Pick<DeviceView, 'kind' | 'lastSeenAt'>): boolean =>
  kind === 'bridge' && lastSeenAt === null

/** Whether a device at this stage is to be heard of. */
export function isAwaited(lifecycle: LifecycleState): boolean {
  return lifecycle !== 'in_stock' && lifecycle !== 'retired'
}

const STAGE_TONE: Record<LifecycleState, Tone> = {
  in_stock: 'past',
  installed: 'soon',
  tested: 'busy',
  in_service: 'good',
  faulty: 'late',
  retired: 'past',
}

export function Stage({ stage }: { stage: LifecycleState }) {
  const { t } = useTexts()
  return (
    <span className="stage" data-tone={STAGE_TONE[stage]}>
      {t(`lifecycle.${stage}`)}
    </span>
  )
}

const COMMAND_TONE: Record<CommandState, Tone> = {
  queued: 'soon',
  sent: 'busy',
  replied: 'good',
  expired: 'past',
  unsupported: 'late',
}

export function CommandSign({ state }: { state: CommandState }) {
  const { t } = useTexts()
  return <Sign tone={COMMAND_TONE[state]}>{t(`commandState.${state}`)}</Sign>
}

const BRIDGE_TONE: Record<BridgeView['state'], Tone> = {
  connecting: 'soon',
  connected: 'good',
  waiting: 'soon',
  refused: 'late',
  elsewhere: 'past',
}

export function BridgeSign({ state }: { state: BridgeView['state'] }) {
  const { t } = useTexts()
  return <Sign tone={BRIDGE_TONE[state]}>{t(`bridgeState.${state}`)}</Sign>
}
