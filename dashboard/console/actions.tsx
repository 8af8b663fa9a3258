import { Button } from 'antd'
import { useTexts } from '../i18n/i18n.ts'
import { Key } from '../ui/key.tsx'
import type { DeskAction } from './permitted.ts'

type Look = 'danger' | 'primary' | 'plain'
interface Item {
  action: DeskAction
  key: string
  look: Look
  end?: true
}

/** In the order of the work; the dangerous one red, endings on the right. */
const ROW: readonly Item[] = [
  { action: 'claim', key: 'Space', look: 'primary' },
  { action: 'takeover', key: 'T', look: 'danger' },
  { action: 'resume', key: 'Space', look: 'primary' },
  { action: 'second', key: 'Y', look: 'plain' },
  { action: 'dispatch', key: 'D', look: 'danger' },
  { action: 'arrive', key: 'A', look: 'primary' },
  { action: 'note', key: 'M', look: 'plain' },
  { action: 'hold', key: 'H', look: 'plain' },
  { action: 'reopen', key: 'R', look: 'plain', end: true },
  { action: 'resolve', key: 'E', look: 'plain', end: true },
  { action: 'close', key: 'E', look: 'primary', end: true },
]
/** Shown greyed while another action of the same place is not possible, so that buttons keep their places. */
const STEADY: ReadonlySet<DeskAction> = new Set(['claim', 'dispatch', 'arrive', 'note', 'hold', 'resolve'])

interface Props {
  permitted: ReadonlySet<DeskAction>
  disabled: boolean
  onAction(action: DeskAction): void
}

export function Actions({ permitted, disabled, onAction }: Props) {
  const { t } = useTexts()
  const ended = permitted.has('reopen')
  const replaced = (action: DeskAction) =>
    (action === 'hold' && permitted.has('resume')) ||
    // Room for the colleague's word: a foreign case can neither be held nor arrived at.
    ((action === 'hold' || action === 'arrive') && permitted.has('second')) ||
    (action === 'claim' && (permitted.has('takeover') || permitted.has('resume')))
  const shown = ROW.filter(({ action }) => permitted.has(action) || (!ended && STEADY.has(action) && !replaced(action)))
  return (
    <div className="actions" role="toolbar" aria-label={t('action.bar')}>
      {shown.map((item, index) => (
        <Button
          key={item.action}
          size="large"
          className={item.end && !shown[index - 1]?.end ? 'actions-end' : ''}
          type={item.look === 'plain' ? 'default' : 'primary'}
          danger={item.look === 'danger'}
          disabled={disabled || !permitted.has(item.action)}
          data-testid={`action-${item.action}`}
          aria-keyshortcuts={item.key}
          onClick={() => onAction(item.action)}
        >
          {t(`action.${item.action}`)} <Key name={item.key === 'Space' ? t('keys.space') : item.key} />
        </Button>
      ))}
    </div>
  )
}
