import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { ResidentView } from '../../../server/contract/api.ts'
import { residentSearchQuery } from '../../api/device-queries.ts'
import type { ResidentPage } from '../../api/types.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Props {
  id?: string
  value?: string | null
  onChange?(residentId: string | null): void
  /** Name of the chosen resident, before anything was searched. */
  name: string | null
}

/** After the last key, ms. */
const TYPING_MS = 250

/** Finds a resident by name, contact's phone or device; the server searches. A field of a form: value and change come from it. */
export function ResidentSelect({ id, value, onChange, name }: Props) {
  const [opened, setOpened] = useState(false)
  const [typed, setTyped] = useState('')
  const text = useSettled(typed.trim())
  const query = useQuery({ ...residentSearchQuery(text), enabled: opened })
  const [chosen, setChosen] = useState<ResidentView | null>(null)
  const { t } = useTexts()
  const searching = text !== typed.trim() || query.isPending
  // Until the answer to this text is there nobody can be chosen: Enter, pressed quickly, would take somebody else.
  const found = searching || query.isError ? undefined : query.data?.items
  const options = useMemo(() => {
    const listed = (found ?? []).map(optionOf)
    if (!value || listed.some((option) => option.value === value)) return listed
    // The chosen one must not be shown as an id; while somebody searches it is no answer to that.
    const current = chosen?.residentId === value ? optionOf(chosen) : { value, label: name ?? value, resident: null }
    return typed === '' ? [current, ...listed] : listed
  }, [found, value, chosen, name, typed])
  const label = chosen?.residentId === value ? chosen?.name : name
  return (
    <Select
      {...(id === undefined ? {} : { id })}
      allowClear
      showSearch={{ filterOption: false, searchValue: typed, onSearch: setTyped }}
      placeholder={t('devices.edit.residentHint')}
      value={value ? { value, label: label ?? value } : null}
      labelInValue
      options={options}
      loading={opened && searching}
      notFoundContent={<Nothing query={query} searching={searching} text={text} />}
      popupRender={(list) => (
        <>
          {list}
          {found && query.data?.nextCursor ? <Hint>{t('devices.edit.residentMore')}</Hint> : null}
        </>
      )}
      optionRender={({ label: shown, data: { resident } }) => <Resident name={String(shown)} resident={resident} />}
      onOpenChange={(open) => {
        if (open) setOpened(true)
        else setTyped('')
      }}
      onChange={(picked) => {
        const residentId = picked?.value ?? null
        setChosen(found?.find((resident) => resident.residentId === residentId) ?? null)
        onChange?.(residentId)
      }}
    />
  )
}

const optionOf = (resident: ResidentView) => ({ value: resident.residentId, label: resident.name, resident })

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === '' ? 0 : TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

function Hint({ children }: { children: ReactNode }) {
  return <p className="muted select-hint">{children}</p>
}

/** Why there is nothing to choose, and what to do. */
function Nothing(props: { query: UseQueryResult<ResidentPage>; searching: boolean; text: string }) {
  const { query, searching, text } = props
  const { t } = useTexts()
  if (searching) return <Hint>{t('devices.edit.residentLoading')}</Hint>
  if (!query.isError) return <Hint>{t(text === '' ? 'devices.edit.residentNobody' : 'devices.edit.residentNone')}</Hint>
  return (
    <div className="select-hint" role="alert">
      <p>
        {t('devices.edit.residentFailed')} {errorText(query.error, t)}
      </p>
      {/* Pressing the mouse would take the focus from the field, which closes the list. */}
      <Button size="small" onMouseDown={(event) => event.preventDefault()} onClick={() => void query.refetch()}>
        {t('common.retry')}
      </Button>
    </div>
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
