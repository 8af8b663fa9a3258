import type { UseQueryResult } from '@tanstack/react-query'
import { Button, Table, type TableColumnsType, type TableProps } from 'antd'
import type { ReactNode } from 'react'
import type { PageOf } from '../api/watch-queries.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { ErrorState, LateSkeleton } from '../ui/states.tsx'

interface Props<Row extends object> {
  query: UseQueryResult<PageOf<Row>>
  /** Cursors of the pages up to this one: the API goes forward only, going back is remembering. */
  cursors: readonly (string | null)[]
  onTurn(cursors: readonly (string | null)[]): void
  rowKey: keyof Row & string
  columns: TableColumnsType<Row>
  empty: ReactNode
  table?: Partial<TableProps<Row>>
}

/** A list of the office in pages, with what stands there while there is none, and when it cannot be had. */
export function CursorTable<Row extends object>(props: Props<Row>) {
  const { query, cursors, onTurn, rowKey, columns, empty, table } = props
  const { t } = useTexts()
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={8} />
  const { items, nextCursor } = query.data
  if (items.length === 0 && cursors.length === 1) return empty
  const next = query.isPlaceholderData ? null : nextCursor
  const turn = (to: readonly (string | null)[]) => {
    onTurn(to)
    window.scrollTo(0, 0)
  }
  return (
    <>
      {query.isError ? (
        <p className="watch-stale" role="alert">
          {errorText(query.error, t)}
        </p>
      ) : null}
      <Table<Row>
        rowKey={rowKey}
        size="middle"
        columns={columns}
        dataSource={items}
        pagination={false}
        scroll={{ x: 900 }}
        aria-busy={query.isPlaceholderData}
        {...table}
      />
      {cursors.length > 1 || next !== null ? (
        <nav className="office-pages" aria-label={t('devices.list.page', { n: cursors.length })}>
          <Button disabled={cursors.length === 1} onClick={() => turn(cursors.slice(0, -1))}>
            {t('devices.list.previous')}
          </Button>
          <span className="muted figures">{t('devices.list.page', { n: cursors.length })}</span>
          <Button disabled={next === null} onClick={() => turn([...cursors, next])}>
            {t('devices.list.next')}
          </Button>
        </nav>
      ) : null}
    </>
  )
}

/** The first page. */
export const FIRST: readonly (string | null)[] = [null]
