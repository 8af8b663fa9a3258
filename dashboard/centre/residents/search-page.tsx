import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useEffect, useState } from 'react'
import type { ResidentView } from '../../../server/contract/api.ts'
import { residentSearchQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Link } from '../../ui/link.tsx'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { centrePath } from '../routes.ts'

/** After the last key, ms. */
const TYPING_MS = 250

/** Finds somebody by name, device or a contact's phone. The text stays out of the address. */
export function SearchPage() {
  const { t } = useTexts()
  const [typed, setTyped] = useState('')
  const [text, setText] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const query = useQuery({ ...residentSearchQuery(text), enabled: text !== '' })
  const items = query.data?.items ?? []
  return (
    <section data-testid="residents">
      <p className="office-lead">{t('residents.lead')}</p>
      <div className="office-tools">
        <Input.Search
          autoFocus
          allowClear
          className="residents-search"
          maxLength={60}
          placeholder={t('residents.search')}
          aria-label={t('residents.search')}
          id="residents-search"
          value={typed}
          loading={query.isFetching}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(value) => setText(value.trim())}
        />
      </div>
      {text === '' ? (
        <EmptyState calm title={t('residents.start')} text={t('residents.startText')} />
      ) : query.isError && !query.data ? (
        <ErrorState
          title={t('residents.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : query.data === undefined ? (
        <LateSkeleton rows={4} />
      ) : items.length === 0 ? (
        <EmptyState title={t('residents.nobody')} text={t('residents.nobodyText')} />
      ) : (
        <>
          <ul className="residents-list" aria-label={t('residents.results')}>
            {items.map((one) => (
              <Found key={one.residentId} one={one} />
            ))}
          </ul>
          {query.data.nextCursor ? <p className="muted">{t('residents.more')}</p> : null}
        </>
      )}
    </section>
  )
}

function Found({ one }: { one: ResidentView }) {
  const { t } = useTexts()
  return (
    <li>
      <Link
        to={centrePath('residents', one.residentId)}
        data-testid="resident-row"
        aria-label={t('residents.open', { name: one.name })}
      >
        <b>{one.name}</b>
        <span className="muted figures">
          {[
            one.age === null ? '' : t('common.years', { age: one.age }),
            one.place,
            t('residents.devices', { n: one.deviceCount }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </Link>
    </li>
  )
}
