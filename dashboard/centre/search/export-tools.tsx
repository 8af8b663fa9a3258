import { useMutation } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useRef, useState } from 'react'
import { ROLES, type Session } from '../../../server/contract/api.ts'
import { EXPORT_FORMATS, EXPORT_ROWS, type ExportFormat } from '../../../server/contract/case-search.ts'
import { hasCode } from '../../api/client.ts'
import { BrokenDownload, type ExportProgress, exportCases, fileName } from '../../api/search-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText } from '../../ui/formats.ts'
import { type Draft, filterOf } from './filter.ts'
import { sizeText } from './times.ts'

/** Takes along what was found: how far it is, and what to do when it does not work. */
export function ExportTools({ draft, session, disabled }: { draft: Draft; session: Session; disabled: boolean }) {
  const { t, language } = useTexts()
  const [progress, setProgress] = useState<ExportProgress | null>(null)
  const abort = useRef<AbortController | null>(null)
  const run = useMutation({
    mutationFn: (format: ExportFormat) => {
      abort.current = new AbortController()
      setProgress(null)
      const asked = { ...filterOf(draft), sort: draft.sort, format, language }
      return exportCases(asked, setProgress, abort.current.signal)
    },
  })
  const failure = run.error !== null && abort.current?.signal.aborted !== true ? run.error : null
  const masked = ROLES.indexOf(session.role) < ROLES.indexOf('supervisor')
  return (
    <>
      {EXPORT_FORMATS.map((format) => (
        <Button
          key={format}
          disabled={disabled || run.isPending}
          loading={run.isPending && run.variables === format}
          onClick={() => run.mutate(format)}
          title={masked ? t('search.masked') : undefined}
          data-testid={`export-${format}`}
        >
          {t(`search.exportAs.${format}`)}
        </Button>
      ))}
      <div className="search-export" role="status">
        {run.isPending ? (
          <Alert
            type="info"
            title={
              progress === null
                ? t('search.exportStarting')
                : t('search.exporting', { n: countText(progress.rows) as never, size: sizeText(progress.bytes) })
            }
            action={
              <Button size="small" onClick={() => abort.current?.abort()} data-testid="export-stop">
                {t('search.cancel')}
              </Button>
            }
          />
        ) : failure !== null ? (
          <Alert
            type="error"
            showIcon
            closable
            title={t('search.exportFailed')}
            description={failureText(failure, t)}
            data-testid="export-failed"
          />
        ) : run.data ? (
          <Alert
            type="success"
            showIcon
            closable
            title={t('search.exported', {
              n: countText(run.data.rows) as never,
              file: fileName(run.variables ?? 'csv'),
            })}
            description={masked ? t('search.masked') : undefined}
            data-testid="export-done"
          />
        ) : null}
      </div>
    </>
  )
}

function failureText(error: unknown, t: ReturnType<typeof useTexts>['t']): string {
  if (error instanceof BrokenDownload) return t('search.exportBroke')
  if (hasCode(error, 'too_many_rows')) return t('search.tooMany', { n: countText(EXPORT_ROWS) as never })
  if (hasCode(error, 'too_many_requests')) return t('search.tooBusy')
  return errorText(error, t)
}
