import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ProtocolVersion } from '../../../server/contract/protocol.ts'
import { protocolHistoryQuery } from '../../api/protocol-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'

interface Props {
  protocolId: string
  nameOf(version: ProtocolVersion): string
  onTake(version: ProtocolVersion): void
}

/** Who saved and published what, when and why; newest first. */
export function History({ protocolId, nameOf, onTake }: Props) {
  const { t, language } = useTexts()
  const query = useInfiniteQuery(protocolHistoryQuery(protocolId))
  if (query.isPending) return <LateSkeleton rows={4} />
  if (query.isError) {
    return (
      <ErrorState
        compact
        title={t('admin.failed')}
        text={errorText(query.error, t)}
        onRetry={() => void query.refetch()}
      />
    )
  }
  return (
    <>
      <ol className="protocol-history" data-testid="protocol-history">
        {query.data.pages
          .flatMap((page) => page.items)
          .map((one) => (
            <li key={one.version}>
              <span className="protocol-item-head">
                <b>{nameOf(one)}</b>
                <small className="muted figures">
                  {one.by ?? t('protocols.delivered')} · {timeText(one.at, serverNow(), language)}
                </small>
              </span>
              {one.note ? <p>{one.note}</p> : null}
              <Button size="small" type="link" onClick={() => onTake(one)}>
                {t('protocols.history.takeBack')}
              </Button>
            </li>
          ))}
      </ol>
      {query.hasNextPage ? (
        <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('protocols.history.more')}
        </Button>
      ) : null}
    </>
  )
}
