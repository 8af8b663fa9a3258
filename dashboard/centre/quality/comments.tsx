import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import type { AuditDetail } from '../../../server/contract/quality.ts'
import { auditQuery, commentAudit, QUALITY_KEY } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { momentText } from './words.ts'

/** What was said to a completed audit. Nothing of it can be changed. */
export function Comments({ of }: { of: AuditDetail }) {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const send = useMutation({
    mutationFn: () => commentAudit(of.auditId, text.trim()),
    onSuccess: (saved) => {
      setText('')
      client.setQueryData(auditQuery(of.auditId).queryKey, saved)
      void client.invalidateQueries({ queryKey: [...QUALITY_KEY, 'mine'] })
    },
  })
  return (
    <section className="sheet audit-comments" aria-label={t('quality.comments')} data-testid="audit-comments">
      <h3>{t('quality.comments')}</h3>
      {of.comments.length === 0 ? <p className="muted">{t('quality.noComments')}</p> : null}
      <ol>
        {of.comments.map((comment) => (
          <li key={`${comment.at} ${comment.by}`} data-testid="audit-comment">
            <b>{comment.by}</b>{' '}
            <span className="muted figures">
              {comment.byOperator ? `${t('quality.commentOperator')} · ` : ''}
              {momentText(comment.at, language)}
            </span>
            <p>{comment.text}</p>
          </li>
        ))}
      </ol>
      {of.mayComment ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (text.trim() !== '' && !send.isPending) send.mutate()
          }}
        >
          <label htmlFor="audit-comment" className="sheet-label">
            {t('quality.comment')}
            {of.ownCase ? <span className="muted"> {t('quality.commentOnce')}</span> : null}
          </label>
          <Input.TextArea
            id="audit-comment"
            autoSize={{ minRows: 2, maxRows: 6 }}
            maxLength={2000}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          {send.error ? <Alert className="form-alert" type="error" showIcon title={errorText(send.error, t)} /> : null}
          <Button
            htmlType="submit"
            type="primary"
            disabled={text.trim() === ''}
            loading={send.isPending}
            data-testid="audit-send"
          >
            {t('quality.send')}
          </Button>
        </form>
      ) : null}
    </section>
  )
}
