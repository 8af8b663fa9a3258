import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown } from 'antd'
import { useEffect } from 'react'
import type { Session } from '../../server/contract/api.ts'
import { DUTY_STATUSES, type DutyStatus } from '../../server/contract/desk.ts'
import { dutyQuery, reportMuted, setStatus } from '../api/desk-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { Key } from '../ui/key.tsx'
import { soundState, testSound } from '../ui/sound.ts'
import { useStore } from '../ui/store.ts'
import { errorText } from './words.ts'

/** The own row of the duty list, and changing its status. */
export function useDuty(session: Pick<Session, 'userId'>) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { notification } = App.useApp()
  const { data } = useQuery(dutyQuery)
  const mine = data?.find(({ userId }) => userId === session.userId)
  const change = useMutation({
    mutationFn: setStatus,
    onSuccess: (row) => {
      client.setQueryData(dutyQuery.queryKey, (rows) => rows?.map((one) => (one.userId === row.userId ? row : one)))
      if (row.status === 'off' && row.inHand > 0) {
        notification.warning({ title: t('duty.inHandLeft', { n: row.inHand }) })
      }
    },
    onError: (error) => notification.warning({ title: t('refused.title'), description: errorText(error, t) }),
    onSettled: () => client.invalidateQueries({ queryKey: dutyQuery.queryKey }),
  })
  const choose = (status: DutyStatus) => {
    // A shift begins with a desk that rings: this runs in the click or key that browsers ask for.
    if (mine?.status === 'off' && status === 'ready') void testSound()
    change.mutate(status)
  }
  return { mine, choose, busy: change.isPending }
}

export type Duty = ReturnType<typeof useDuty>

const TONES: Record<DutyStatus, string> = { ready: 'good', busy: 'busy', break: 'busy', off: 'idle' }

interface Props {
  duty: Duty
  open: boolean
  onOpen(open: boolean): void
}

/** Own status in the top bar; its menu opens by a click or by Z (值班). */
export function DutyMenu({ duty: { mine, choose, busy }, open, onOpen }: Props) {
  const { t } = useTexts()
  if (!mine) return null
  const possible = mine.status === 'off' ? (['ready'] as const) : DUTY_STATUSES
  return (
    <Dropdown
      open={open}
      onOpenChange={onOpen}
      autoFocus
      trigger={['click']}
      placement="bottomRight"
      menu={{
        selectable: true,
        selectedKeys: [mine.status],
        items: possible.map((key) => ({ key, label: t(`duty.choose.${key}`) })),
        onClick: ({ key }) => {
          const status = DUTY_STATUSES.find((one) => one === key)
          if (status && status !== mine.status) choose(status)
        },
      }}
    >
      <button
        type="button"
        className="pill pill-user"
        data-testid="duty-status"
        data-status={mine.status}
        data-tone={TONES[mine.status]}
        aria-keyshortcuts="Z"
        disabled={busy}
      >
        <i className="pill-dot" aria-hidden="true" />
        <span className="visually-hidden">{t('duty.change')}: </span>
        {t(`duty.status.${mine.status}`)}
        <Key name="Z" />
      </button>
    </Dropdown>
  )
}

/** Whoever has not signed on is told so, and can with one press. */
export function DutyBar({ duty: { mine, choose, busy } }: { duty: Duty }) {
  const { t } = useTexts()
  if (mine?.status !== 'off') return null
  return (
    <div className="bar bar-duty" role="status" data-testid="duty-bar">
      <span>{t('duty.offBar')}</span>
      <Button size="small" type="primary" loading={busy} onClick={() => choose('ready')} data-testid="sign-on">
        {t('duty.signOn')}
      </Button>
    </div>
  )
}

/** Tells the server whether this desk rings, so that supervisors see one that does not. */
export function useMutedReport({ mine }: Duty): void {
  const client = useQueryClient()
  const { muted, unlocked } = useStore(soundState)
  const silent = muted || !unlocked
  const { mutate } = useMutation({
    mutationFn: reportMuted,
    onSettled: () => client.invalidateQueries({ queryKey: dutyQuery.queryKey }),
  })
  const differs = mine !== undefined && mine.status !== 'off' && mine.muted !== silent
  useEffect(() => {
    if (differs) mutate(silent)
  }, [differs, silent, mutate])
}
