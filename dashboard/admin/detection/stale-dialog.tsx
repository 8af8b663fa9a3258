import { useQuery } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import type { SettingsView } from '../../../server/contract/detection.ts'
import { settingsVersionQuery } from '../../api/detection-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { ChangeList } from './change-list.tsx'
import { changesBetween, draftOf } from './draft.ts'
import { momentText } from './value-text.ts'
import './history.css'

interface Props {
  before: SettingsView
  now: SettingsView
  onChoose(keepMine: boolean): void
}

/** Somebody else has saved meanwhile: what they did, and what shall become of one's own changes. */
export function StaleDialog({ before, now, onChoose }: Props) {
  const { t, language } = useTexts()
  useReturnFocus()
  const { data: theirs } = useQuery({ ...settingsVersionQuery(now.version), enabled: now.version > 0 })
  const changes = changesBetween(draftOf(before.own), draftOf(now.own))
  return (
    <Modal
      open
      width={600}
      closable={false}
      keyboard={false}
      title={t('detection.stale.title')}
      mask={{ closable: false }}
      footer={
        <>
          <Button onClick={() => onChoose(false)} data-testid="stale-reload">
            {t('detection.stale.reload')}
          </Button>
          <Button type="primary" autoFocus onClick={() => onChoose(true)} data-testid="stale-keep">
            {t('detection.stale.keep')}
          </Button>
        </>
      }
    >
      <div data-testid="stale">
        <p className="dialog-lead">{t('detection.stale.lead')}</p>
        {theirs ? (
          <p className="muted">
            {[theirs.by ?? t('detection.history.platform'), momentText(theirs.at, language), theirs.note]
              .filter(Boolean)
              .join(' · ')}
          </p>
        ) : null}
        {changes.length === 0 ? <p>{t('detection.stale.nothing')}</p> : <ChangeList changes={changes} />}
      </div>
    </Modal>
  )
}
