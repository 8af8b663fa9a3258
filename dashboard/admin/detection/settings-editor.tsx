import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useMemo, useState } from 'react'
import type { SettingsChangeView, SettingsView } from '../../../server/contract/detection.ts'
import { detectSettingsQuery } from '../../api/detection-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useLeaveGuard } from '../../ui/use-leave-guard.ts'
import { type Change, changesBetween, type Draft, draftOf, faultsOf, replay, withValue } from './draft.ts'
import { FenceField } from './fences/fence-field.tsx'
import { FieldRow } from './field-row.tsx'
import { FIELDS_OF, type Group } from './fields.ts'
import { GroupNav } from './group-nav.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { SaveBar } from './save-bar.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { SettingsHead } from './settings-head.tsx'
import { StaleDialog } from './stale-dialog.tsx'
import { WhatIfPanel } from './what-if-panel.tsx'
import './settings.css'

/** The settings of one scope, with what is changed and not saved yet. @param version a change of the history to point at */
export function SettingsEditor({ view: loaded, version }: { view: SettingsView; version: number | null }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { message } = App.useApp()
  // What the changes are compared with, which is not what a refetch brings meanwhile.
  const [view, setView] = useState(loaded)
  const saved = useMemo(() => draftOf(view.own), [view.own])
  const [draft, setDraft] = useState<Draft>(saved)
  const [group, setGroup] = useState<Group>('falls')
  const [saving, setSaving] = useState<{ note: string } | null>(null)
  const [meanwhile, setMeanwhile] = useState<SettingsView | null>(null)
  const changes = useMemo(() => changesBetween(saved, draft), [saved, draft])
  // Points that are typed and can't be read stand in no draft.
  const [unreadable, setUnreadable] = useState(false)
  const faults = useMemo(() => {
    const found = faultsOf(draft, view.inherited)
    return unreadable ? new Map(found).set('wandering.fences', { code: 'fence' }) : found
  }, [draft, view.inherited, unreadable])
  useLeaveGuard(changes.length > 0, 'detection')

  const show = (next: SettingsView, kept: readonly Change[] = []) => {
    setView(next)
    setDraft(replay(kept, draftOf(next.own)))
    client.setQueryData(detectSettingsQuery(next).queryKey, next)
    void client.invalidateQueries({ queryKey: ['detect-settings', next.scope, next.scopeId, 'history'] })
  }
  const restore = (change: SettingsChangeView) => {
    setDraft(draftOf(change.settings))
    setSaving({ note: t('detection.history.restoreNote', { version: change.version }) })
  }
  return (
    <>
      <SettingsHead view={view} />
      <div className="detection-columns">
        <GroupNav group={group} draft={draft} changes={changes} faults={faults} onGroup={setGroup} />
        <section className="panel setting-list" data-group={group} aria-label={t(`detection.group.${group}`)}>
          <h3>{t(`detection.group.${group}`)}</h3>
          {FIELDS_OF[group].map((field) =>
            field.kind === 'fences' ? (
              <FenceField
                key={field.path}
                view={view}
                draft={draft}
                onUnreadable={setUnreadable}
                onChange={(fences) => setDraft((now) => withValue(now, field.path, fences))}
              />
            ) : (
              <FieldRow
                key={field.path}
                field={field}
                view={view}
                draft={draft}
                saved={saved}
                fault={faults.get(field.path)}
                onChange={(value) => setDraft((now) => withValue(now, field.path, value))}
              />
            ),
          )}
        </section>
        <HistoryPanel at={view} currentVersion={view.version} pointedAt={version} onRestore={restore} />
      </div>
      {view.scope === 'resident' ? (
        <WhatIfPanel residentId={view.scopeId} draft={draft} changes={changes} blocked={faults.size > 0} />
      ) : null}
      <SaveBar
        changes={changes}
        faults={faults}
        onDiscard={() => setDraft(saved)}
        onSave={() => setSaving({ note: '' })}
      />
      {saving && meanwhile === null ? (
        <SaveDialog
          view={view}
          draft={draft}
          changes={changes}
          note={saving.note}
          onClose={() => setSaving(null)}
          onSaved={(next) => {
            setSaving(null)
            show(next)
            void message.success(t('detection.save.saved'))
          }}
          onStale={setMeanwhile}
        />
      ) : null}
      {meanwhile ? (
        <StaleDialog
          before={view}
          now={meanwhile}
          onChoose={(keep) => {
            show(meanwhile, keep ? changes : [])
            setMeanwhile(null)
            setSaving(null)
          }}
        />
      ) : null}
    </>
  )
}
