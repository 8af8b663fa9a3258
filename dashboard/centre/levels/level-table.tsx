import { Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import type { CaseCategory } from '../../../server/contract/case.ts'
import type { LevelGroup, LevelRow } from '../../../server/contract/levels.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText, percentText } from '../../ui/formats.ts'
import { SIGNS, TONES, verdictOf } from './judge.ts'

const SHARES = ['within15', 'within60', 'within180', 'dispatch60'] as const

/** One line for each operator, county, shift or category; those who miss a target can be sorted to the top. */
export function LevelTable({ rows, by }: { rows: readonly LevelRow[]; by: LevelGroup }) {
  const columns = useColumns(by)
  return (
    <Table<LevelRow>
      rowKey="key"
      size="middle"
      columns={columns}
      dataSource={[...rows]}
      scroll={{ x: 1000 }}
      pagination={{ pageSize: 30, hideOnSinglePage: true, showSizeChanger: false }}
      data-testid="levels-table"
    />
  )
}

function useColumns(by: LevelGroup): TableColumnsType<LevelRow> {
  const { t } = useTexts()
  return useMemo(() => {
    const nameOf = ({ key, name }: LevelRow): string => {
      switch (by) {
        case 'operator':
          return key === '' ? t('levels.nobody') : (name ?? key)
        case 'area':
          return key === '' ? t('levels.noArea') : (name ?? key)
        case 'shift':
          return t(`levels.shifts.${key as '0' | '8' | '16'}`)
        case 'category':
          return t(`category.${key as CaseCategory}`)
      }
    }
    const count = (title: string, name: 'calls' | 'answered' | 'dispatches') => ({
      title,
      dataIndex: name,
      width: 100,
      align: 'right' as const,
      sorter: (a: LevelRow, b: LevelRow) => a[name] - b[name],
      render: (n: number) => <span className="figures">{countText(n)}</span>,
    })
    return [
      { title: t(`levels.groups.${by}`), key: 'name', render: (_, row) => <b>{nameOf(row)}</b> },
      count(t('levels.calls'), 'calls'),
      count(t('levels.answered'), 'answered'),
      {
        title: t('levels.meanShort'),
        dataIndex: 'meanSeconds',
        width: 100,
        align: 'right',
        sorter: (a, b) => (a.meanSeconds ?? -1) - (b.meanSeconds ?? -1),
        render: (s: number | null) => <span className="figures">{s === null ? '—' : `${s.toFixed(1)} s`}</span>,
      },
      ...SHARES.map((key) => ({
        title: t(`levels.tile.${key}`),
        dataIndex: key,
        width: 150,
        align: 'right' as const,
        sorter: (a: LevelRow, b: LevelRow) => (a[key] ?? 2) - (b[key] ?? 2),
        render: (share: number | null) => {
          const verdict = verdictOf(key, share)
          return (
            <span className="figures" data-level={TONES[verdict]}>
              <span aria-hidden="true">{SIGNS[verdict]}</span> {percentText(share)}
            </span>
          )
        },
      })),
      count(t('levels.dispatches'), 'dispatches'),
    ]
  }, [t, by])
}
