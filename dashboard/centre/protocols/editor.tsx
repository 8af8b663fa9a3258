import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Tabs } from 'antd'
import { useMemo, useState } from 'react'
import type { ProtocolDetail, ProtocolVersion } from '../../../server/contract/protocol.ts'
import { checkProtocol } from '../../../server/contract/protocol-check.ts'
import { hasCode } from '../../api/client.ts'
import { PROTOCOLS_KEY, protocolQuery, saveDraft } from '../../api/protocol-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Link } from '../../ui/link.tsx'
import { useLeaveGuard } from '../../ui/use-leave-guard.ts'
import { centrePath } from '../routes.ts'
import { About } from './about.tsx'
import { CheckList } from './check-list.tsx'
import { ComparePanel } from './compare-panel.tsx'
import { History } from './history.tsx'
import { Preview } from './preview.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { Steps } from './steps.tsx'

/** One protocol with what is changed and not saved yet: its form on the left, what it amounts to on the right. */
export function Editor({ loaded }: { loaded: ProtocolDetail }) {
  const { t, language } = useTexts()
  const { message } = App.useApp()
  const client = useQueryClient()
  // What the changes are compared with, which is not what a refetch brings meanwhile.
  const [saved, setSaved] = useState(loaded)
  const [content, setContent] = useState(loaded.newest.content)
  const [note, setNote] = useState('')
  const [open, setOpen] = useState<number | null>(0)
  const [side, setSide] = useState('check')
  const [publishing, setPublishing] = useState(false)
  const faults = useMemo(() => checkProtocol(content), [content])
  const changed = useMemo(() => JSON.stringify(content) !== JSON.stringify(saved.newest.content), [content, saved])
  useLeaveGuard(changed, 'protocols')

  const took = (next: ProtocolDetail) => {
    setSaved(next)
    setContent(next.newest.content)
    setNote('')
    client.setQueryData(protocolQuery(next.protocolId).queryKey, next)
    void client.invalidateQueries({ queryKey: PROTOCOLS_KEY })
  }
  /** Somebody was quicker: what is typed stays, and is saved on top the next time. */
  const catchUp = async () => setSaved(await client.fetchQuery({ ...protocolQuery(saved.protocolId), staleTime: 0 }))
  const draft = useMutation({
    mutationFn: () =>
      saveDraft(saved.protocolId, { base: saved.newest.version, content, ...(note === '' ? {} : { note }) }),
    onSuccess: (next) => {
      took(next)
      void message.success(t('protocols.save.saved'))
    },
    onError: (error) => (hasCode(error, 'stale_version') ? void catchUp() : undefined),
  })
  const takeBack = (version: ProtocolVersion) => {
    setContent(version.content)
    setNote(t('protocols.history.takeNote', { what: nameOf(version) }))
    setOpen(null)
  }
  const nameOf = (version: ProtocolVersion) =>
    version.number === null ? t('protocols.history.draft') : t('protocols.version', { n: version.number })
  const go = (step: number | null) => {
    if (step === null) return
    setOpen(step)
    requestAnimationFrame(() => document.getElementById(`step-${step}`)?.scrollIntoView({ block: 'center' }))
  }
  const busy = draft.isPending
  const stale = hasCode(draft.error, 'stale_version')

  return (
    <article className="protocols" data-testid="protocol-editor">
      <div className="protocol-head">
        <Link to={centrePath('protocols')}>‹ {t('protocols.back')}</Link>
        <h2>{content.title[language] || saved.protocolId}</h2>
        <span className="muted figures" data-testid="protocol-version">
          {saved.published === null
            ? t('protocols.unpublished')
            : t('protocols.version', { n: saved.published.number ?? 0 })}
        </span>
        {changed ? (
          <span className="protocol-tag" data-tone="risk">
            {t('protocols.save.unsaved')}
          </span>
        ) : saved.newest.state === 'draft' ? (
          <span className="protocol-tag">{t('protocols.draftHint')}</span>
        ) : null}
        <span className="office-space" />
        {changed ? (
          <Button onClick={() => setContent(saved.newest.content)}>{t('protocols.save.discard')}</Button>
        ) : null}
        <Button disabled={!changed} loading={busy} onClick={() => draft.mutate()} data-testid="protocol-save">
          {t('protocols.save.draft')}
        </Button>
        <Button
          type="primary"
          disabled={faults.length > 0 || busy || (!changed && saved.newest.state === 'published')}
          onClick={() => setPublishing(true)}
          data-testid="protocol-publish"
        >
          {t('protocols.save.publish')}
        </Button>
      </div>
      {draft.error ? (
        <Alert
          className="form-alert"
          type="error"
          showIcon
          title={stale ? t('protocols.save.stale') : `${t('protocols.save.failed')} · ${errorText(draft.error, t)}`}
        />
      ) : null}
      <div className="protocol-columns">
        <div>
          <About content={content} faults={faults} onChange={setContent} />
          <Steps content={content} faults={faults} open={open} onOpen={setOpen} onChange={setContent} />
        </div>
        <aside className="panel protocol-side">
          <Tabs
            size="small"
            activeKey={side}
            onChange={setSide}
            items={[
              {
                key: 'check',
                label:
                  faults.length === 0
                    ? `✓ ${t('protocols.check.title')}`
                    : `✗ ${t('protocols.check.title')} ${faults.length}`,
                children: <CheckList content={content} faults={faults} onGo={go} />,
              },
              { key: 'preview', label: t('protocols.preview.title'), children: <Preview content={content} /> },
              {
                key: 'compare',
                label: t('protocols.compare.title'),
                children: <ComparePanel before={saved.published?.content ?? null} after={content} />,
              },
              {
                key: 'history',
                label: t('protocols.history.title'),
                children: <History protocolId={saved.protocolId} nameOf={nameOf} onTake={takeBack} />,
              },
            ]}
          />
        </aside>
      </div>
      {publishing ? (
        <PublishDialog
          saved={saved}
          content={content}
          note={note}
          onClose={() => setPublishing(false)}
          onPublished={(next) => {
            setPublishing(false)
            took(next)
            void message.success(t('protocols.save.published'))
          }}
          onStale={() => void catchUp()}
        />
      ) : null}
    </article>
  )
}
