import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input } from 'antd'
import { type KeyboardEvent, useEffect, useState } from 'react'
import type { AuditDetail } from '../../../server/contract/quality.ts'
import { SHEET_SECTIONS, scoreSheet } from '../../../server/contract/quality-sheet.ts'
import { hasCode } from '../../api/client.ts'
import { auditQuery, QUALITY_KEY, writeAudit } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { CriterionField, focusCriterion } from './criterion.tsx'
import { answersOf, type Draft, draftOf, forgetDraft, keepDraft, keptDraft } from './draft.ts'
import { RESULT_SIGNS, RESULT_TONES } from './words.ts'

/** The sheet to be filled: the keyboard alone does it. What is not saved stays while the page is left. */
export function SheetForm({ of, onReload }: { of: AuditDetail; onReload(): void }) {
  const { t } = useTexts()
  const { message, modal } = App.useApp()
  const client = useQueryClient()
  const [draft, setDraft] = useState<Draft>(() => keptDraft(of) ?? draftOf(of))
  const [wanting, setWanting] = useState<ReadonlySet<string>>(new Set())
  const { criteria } = of.sheet.content
  const ordered = SHEET_SECTIONS.flatMap((section) => criteria.filter((one) => one.section === section))
  const answers = answersOf(criteria, draft)
  const { score, result, missing, unexplained } = scoreSheet(of.sheet.content, answers)
  const change = (next: Draft) => {
    setDraft(next)
    keepDraft(of, next)
  }
  const first = ordered[0]?.id
  useEffect(() => {
    if (first !== undefined) focusCriterion(first)
  }, [first])

  const write = useMutation({
    mutationFn: (complete: boolean) =>
      writeAudit(of.auditId, {
        ...{ version: of.version, sheetVersion: of.sheet.version, complete },
        ...{ answers, remark: draft.remark.trim() || null },
      }),
    onSuccess: (saved) => {
      forgetDraft(of)
      client.setQueryData(auditQuery(of.auditId).queryKey, saved)
      void client.invalidateQueries({ queryKey: [...QUALITY_KEY, 'month'] })
      if (saved.state === 'open') void message.success(t('quality.saved'))
      else window.scrollTo(0, 0)
    },
  })
  const complete = () => {
    const lacking = new Set([...missing, ...unexplained])
    setWanting(lacking)
    const next = ordered.find(({ id }) => lacking.has(id))
    if (next !== undefined) {
      focusCriterion(next.id)
      return
    }
    modal.confirm({
      title: t('quality.complete'),
      content: t('quality.completeAsk', { name: of.operator.displayName }),
      okText: t('quality.completeYes'),
      cancelText: t('common.cancel'),
      onOk: () => write.mutate(true),
    })
  }
  const shortcut = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey) return
    if (event.key !== 's' && event.key !== 'Enter') return
    event.preventDefault()
    if (write.isPending) return
    if (event.key === 's') write.mutate(false)
    else complete()
  }
  const move = (id: string, by: 1 | -1) => {
    const next = ordered[ordered.findIndex((one) => one.id === id) + by]
    if (next !== undefined) focusCriterion(next.id)
    else if (by === 1) document.getElementById('audit-remark')?.focus()
  }
  return (
    <section className="sheet" onKeyDown={shortcut} aria-label={t('quality.sheet')} data-testid="sheet-form">
      <h3>
        {t('quality.sheet')} <small className="muted">{t('quality.sheetVersion', { n: of.sheet.version })}</small>
      </h3>
      <p className="muted sheet-keys">{t('quality.keys')}</p>
      {SHEET_SECTIONS.map((section) => {
        const those = ordered.filter((one) => one.section === section)
        return those.length === 0 ? null : (
          <section key={section}>
            <h4>{t(`quality.section.${section}`)}</h4>
            {those.map((criterion) => (
              <CriterionField
                key={criterion.id}
                of={of}
                criterion={criterion}
                value={draft.values[criterion.id]}
                note={draft.notes[criterion.id] ?? ''}
                isWanting={wanting.has(criterion.id)}
                onValue={(value) => change({ ...draft, values: { ...draft.values, [criterion.id]: value } })}
                onNote={(note) => change({ ...draft, notes: { ...draft.notes, [criterion.id]: note } })}
                onMove={(by) => move(criterion.id, by)}
              />
            ))}
          </section>
        )
      })}
      <label htmlFor="audit-remark" className="sheet-label">
        {t('quality.remark')}
      </label>
      <Input.TextArea
        id="audit-remark"
        autoSize={{ minRows: 2, maxRows: 6 }}
        maxLength={2000}
        placeholder={t('quality.remarkHint')}
        value={draft.remark}
        onChange={({ target }) => change({ ...draft, remark: target.value })}
      />
      {write.error ? (
        <Alert
          className="form-alert"
          type="error"
          showIcon
          title={hasCode(write.error, 'stale_version', 'wrong_state') ? t('quality.stale') : errorText(write.error, t)}
          action={
            hasCode(write.error, 'stale_version', 'wrong_state') ? (
              <Button size="small" onClick={onReload}>
                {t('quality.reload')}
              </Button>
            ) : null
          }
        />
      ) : null}
      <footer className="sheet-foot">
        <span className="quality-result" data-testid="sheet-score">
          {t('quality.score')}{' '}
          <b className="figures sheet-score">{score === null ? '—' : t('quality.points', { n: score })}</b>
          {missing.length === 0 || result === 'failed' ? (
            <span className="watch-tag" data-tone={RESULT_TONES[result]}>
              <span aria-hidden="true">{RESULT_SIGNS[result]}</span> {t(`quality.result.${result}`)}
            </span>
          ) : null}
          {missing.length === 0 ? null : <span className="muted">{t('quality.missing', { n: missing.length })}</span>}
        </span>
        <span className="office-space" />
        <Button onClick={() => write.mutate(false)} loading={write.isPending} data-testid="audit-save">
          {t('quality.save')}
        </Button>
        <Button type="primary" onClick={complete} loading={write.isPending} data-testid="audit-complete">
          {t('quality.complete')}
        </Button>
      </footer>
    </section>
  )
}
