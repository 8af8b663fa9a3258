import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useMemo, useState } from 'react'
import type { ResidentView } from '../../../server/contract/api.ts'
import { residentsQuery } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Props {
  id?: string
  value?: string | null
  onChange?(residentId: string | null): void
  /** Name of the chosen resident, before the list is there. */
  name: string | null
}

/** Finds a resident by name or place. A field of a form: value and change come from it. */
export function ResidentSelect({ id, value, onChange, name }: Props) {
  const { t } = useTexts()
  const [opened, setOpened] = useState(false)
  const { data, isError, isFetching, refetch } = useQuery({ ...residentsQuery, enabled: opened })
  const options = useMemo(() => {
    const known = (data ?? []).map((resident) => ({
      value: resident.residentId,
      label: resident.name,
      search: `${resident.name} ${resident.place ?? ''}`.toLowerCase(),
      resident,
    }))
    // Until the list is there, the chosen one must not be shown as an id.
    if (!value || known.some((option) => option.value === value)) return known
    return [{ value, label: name ?? value, search: (name ?? '').toLowerCase(), resident: null }, ...known]
  }, [data, value, name])
  return (
    <Select
      {...(id === undefined ? {} : { id })}
      allowClear
      showSearch={{ filterOption: (text, option) => option?.search.includes(text.trim().toLowerCase()) ?? false }}
      placeholder={t('devices.edit.residentHint')}
      value={value ?? null}
      options={options}
      loading={isFetching && !data}
      notFoundContent={
        <span className="muted">
          {t(
            isError
              ? 'devices.edit.residentFailed'
              : data
                ? 'devices.edit.residentNone'
                : 'devices.edit.residentLoading',
          )}
        </span>
      }
      optionRender={({ label, data: { resident } }) => <Resident name={String(label)} resident={resident} />}
      onOpenChange={(open) => {
        if (open && isError) void refetch()
        if (open) setOpened(true)
      }}
      onChange={(chosen: string | undefined) => onChange?.(chosen ?? null)}
    />
  )
}

/** Two people of one name are told apart by age and place. */
function Resident({ name, resident }: { name: string; resident: ResidentView | null }) {
  const { t } = useTexts()
  const more = [resident?.age == null ? '' : t('common.years', { age: resident.age }), resident?.place]
  return (
    <span className="option-line">
      <span>{name}</span>
      <small className="muted">{more.filter(Boolean).join(' · ')}</small>
    </span>
  )
}
