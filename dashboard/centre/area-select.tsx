import { useQuery } from '@tanstack/react-query'
import { TreeSelect } from 'antd'
import { useMemo } from 'react'
import type { CaseSearchOptions } from '../../server/contract/case-search.ts'
import { searchOptionsQuery } from '../api/search-queries.ts'

type Area = CaseSearchOptions['areas'][number]
interface Node {
  value: string
  title: string
  children: Node[]
}

interface Props {
  id?: string
  label: string
  placeholder: string
  value: string | undefined
  clearable: boolean
  onChange(code: string | undefined): void
}

/** The city, a county or a town: found by typing a part of its name. */
export function AreaSelect({ id, label, placeholder, value, clearable, onChange }: Props) {
  const { data, isPending } = useQuery(searchOptionsQuery)
  const tree = useMemo(() => treeOf(data?.areas ?? [], null), [data])
  return (
    <TreeSelect<string>
      {...(id === undefined ? {} : { id })}
      className="area-select"
      aria-label={label}
      placeholder={placeholder}
      showSearch={{ treeNodeFilterProp: 'title' }}
      allowClear={clearable}
      loading={isPending}
      value={value as string}
      treeData={tree}
      treeDefaultExpandedKeys={tree.map((one) => one.value)}
      onChange={(code) => onChange(code ?? undefined)}
      popupMatchSelectWidth={260}
    />
  )
}

function treeOf(areas: readonly Area[], parent: string | null): Node[] {
  return areas
    .filter(({ parentCode }) => parentCode === parent)
    .map(({ code, name }) => ({ value: code, title: name, children: treeOf(areas, code) }))
}
