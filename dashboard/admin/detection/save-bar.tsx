import { Button, Popconfirm } from 'antd'
import { useTexts } from '../../i18n/i18n.ts'
import type { Change, Fault } from './draft.ts'
import type { FieldPath } from './fields.ts'

interface Props {
  changes: readonly Change[]
  faults: ReadonlyMap<FieldPath, Fault>
  onDiscard(): void
  onSave(): void
}

/** Stays at the foot of the window while something is unsaved. */
export function SaveBar({ changes, faults, onDiscard, onSave }: Props) {
  const { t } = useTexts()
  if (changes.length === 0) return null
  return (
    <section className="save-bar" aria-label={t('detection.save.title')} data-testid="save-bar">
      <b>{t('detection.save.unsaved', { n: changes.length })}</b>
      {faults.size > 0 ? <span data-tone="late">{t('detection.save.faults', { n: faults.size })}</span> : null}
      <span className="office-space" />
      <Popconfirm title={t('detection.save.discardAsk')} okText={t('detection.save.discard')} onConfirm={onDiscard}>
        <Button>{t('detection.save.discard')}</Button>
      </Popconfirm>
      <Button type="primary" disabled={faults.size > 0} onClick={onSave} data-testid="save-open">
        {t('detection.save.save')}
      </Button>
    </section>
  )
}
