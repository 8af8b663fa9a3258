import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import type { Protocol } from '../../../server/contract/device.ts'
import { devicePageQuery } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { placeText } from './terms.ts'

interface Props {
  id?: string
  value?: string
  onChange?(hubId: string): void
  protocol: Protocol
}

const TYPING_MS = 300

/** Finds a hub by its id or its resident; the server searches, a city has many. A field of a form. */
export function HubSelect({ id, value, onChange, protocol }: Props) {
  const { t } = useTexts()
  const [typed, setTyped] = useState('')
  const [search, setSearch] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const query = { kind: 'hub', protocol, limit: 20, ...(search ? { search } : {}) }
  const { data, isFetching } = useQuery({ ...devicePageQuery(query), placeholderData: keepPreviousData })
  return (
    <Select
      {...(id === undefined ? {} : { id })}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t('addDevice.hubHint')}
      value={value ?? null}
      loading={isFetching}
      notFoundContent={<span className="muted">{t(isFetching ? 'common.loading' : 'addDevice.hubNone')}</span>}
      options={(data?.items ?? []).map((hub) => ({ value: hub.deviceId, label: hub.deviceId, hub }))}
      optionRender={({ label, data: { hub } }) => (
        <span className="option-line">
          <span>{label}</span>
          <small className="muted">{[hub.residentName, placeText(hub)].filter(Boolean).join(' · ')}</small>
        </span>
      )}
      onChange={(chosen) => {
        if (chosen !== null) onChange?.(chosen)
      }}
    />
  )
}
