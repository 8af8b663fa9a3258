import type { UseQueryResult } from '@tanstack/react-query'
import { Button, Input, Segmented, Table, type TableColumnsType } from 'antd'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../ui/states.tsx'

interface Filter<State extends string> {
  text: string
  state: State
}

interface Props<Row extends object, State extends string> {
  query: UseQueryResult<Row[]>
  rows: readonly Row[]
  rowKey: keyof Row & string
  columns: TableColumnsType<Row>
  filter: Filter<State>
  onFilter(filter: Filter<State>): void
  searchLabel: string
  states: { value: State; label: string }[]
  total: string
  addLabel: string
  addTestId: string
  onAdd(): void
  /** What stands there when no row is left. */
  empty: { title: string; text?: string }
}

/** A list of the office: search, a filter by state, the count, a key for a new one, and the table in pages. */
export function FilteredList<Row extends object, State extends string>(props: Props<Row, State>) {
  const { t } = useTexts()
  const { query, rows, filter, onFilter, searchLabel, empty } = props
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={8} />
  return (
    <>
      <div className="office-tools">
        <Input.Search
          allowClear
          className="office-search"
          placeholder={searchLabel}
          aria-label={searchLabel}
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        />
        <Segmented<State>
          value={filter.state}
          onChange={(state) => onFilter({ ...filter, state })}
          options={props.states}
        />
        <span className="muted">{props.total}</span>
        <span className="office-space" />
        <Button type="primary" onClick={props.onAdd} data-testid={props.addTestId}>
          {props.addLabel}
        </Button>
      </div>
      {rows.length === 0 ? (
        <EmptyState title={empty.title} text={empty.text ?? ''} />
      ) : (
        <Table<Row>
          rowKey={props.rowKey}
          size="middle"
          columns={props.columns}
          dataSource={rows}
          scroll={{ x: 900 }}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        />
      )}
    </>
  )
}
