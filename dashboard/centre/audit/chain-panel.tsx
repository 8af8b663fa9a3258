import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Progress } from 'antd'
import type { SealView, VerificationView } from '../../../server/contract/audit.ts'
import { SEAL_KEY, sealQuery, startVerification } from '../../api/audit-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState } from '../../ui/states.tsx'

/** How far the record is sealed, and whether the last verification found it as it was written. */
export function ChainPanel() {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(sealQuery)
  const verify = useMutation({
    mutationFn: startVerification,
    onSuccess: (view) => client.setQueryData(SEAL_KEY, view),
    onError: () => client.invalidateQueries({ queryKey: SEAL_KEY }),
  })
  if (error && !data) {
    return <ErrorState compact title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
  }
  if (!data) return null
  const { seal, verification } = data
  const running = verification !== null && verification.finishedAt === null
  return (
    <section
      className="audit-chain"
      aria-label={t('audit.chain.title')}
      data-state={stateOf(data)}
      data-testid="audit-chain"
    >
      <div className="audit-chain-text">
        <h2>{t('audit.chain.title')}</h2>
        <p>
          {seal === null
            ? t('audit.chain.notYet')
            : t('audit.chain.upTo', { n: seal.number, time: timeText(seal.sealedAt, serverNow(), language) })}{' '}
          {data.unsealed > 0 ? t('audit.chain.waiting', { n: countText(data.unsealed) as never }) : null}
        </p>
        {seal === null ? null : (
          <p className="audit-hash" title={t('audit.chain.hashHint')}>
            SHA-256 <code>{seal.hash}</code>
          </p>
        )}
        {verification === null ? <p>{t('audit.chain.never')}</p> : <Verification of={verification} />}
        {verify.error ? <Alert type="error" showIcon title={errorText(verify.error, t)} /> : null}
      </div>
      <Button
        type="primary"
        disabled={running}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
        data-testid="audit-verify"
      >
        {t(running ? 'audit.chain.running' : 'audit.chain.verify')}
      </Button>
    </section>
  )
}

function stateOf({ verification }: SealView): 'none' | 'good' | 'bad' {
  if (verification === null || verification.ok === null) return verification?.failure ? 'bad' : 'none'
  return verification.ok ? 'good' : 'bad'
}

function Verification({ of }: { of: VerificationView }) {
  const { t, language } = useTexts()
  if (of.finishedAt === null) {
    const percent = of.sealsTotal === 0 ? 0 : Math.floor((of.sealsDone / of.sealsTotal) * 100)
    return <Progress percent={percent} size="small" aria-label={t('audit.chain.running')} />
  }
  const when = { time: timeText(of.finishedAt, serverNow(), language), name: of.by ?? '—' }
  if (of.failure !== null) return <p role="alert">{t('audit.chain.failed', when)}</p>
  if (of.ok) {
    return (
      <p className="audit-good" data-testid="audit-result">
        ✓ {t('audit.chain.good', { ...when, n: countText(of.rowsDone) as never })}
      </p>
    )
  }
  return (
    <div className="audit-bad" role="alert" data-testid="audit-result">
      <p>✗ {t('audit.chain.bad', when)}</p>
      <ol>
        {of.problems.map((problem) => (
          <li key={`${problem.seal} ${problem.source} ${problem.entry} ${problem.fault}`}>
            <b>{t(`audit.faults.${problem.fault}`)}</b> · {t('audit.chain.seal', { n: problem.seal })}
            {problem.source === null ? null : (
              <>
                {' '}
                · {t(`audit.sources.${problem.source}`)} <code>{problem.entry ?? '—'}</code>
              </>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}
