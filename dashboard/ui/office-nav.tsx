import type { ReactNode } from 'react'
import { useTexts } from '../i18n/i18n.ts'
import { Link } from './link.tsx'

interface Entry {
  key: string
  to: string
  label: ReactNode
}

/** The pages of an office: links, so that each can be opened beside the others; on a narrow screen in several lines. */
export function OfficeNav({ entries, current }: { entries: readonly Entry[]; current: string }) {
  const { t } = useTexts()
  return (
    <nav className="office-nav" aria-label={t('common.pages')}>
      <ul>
        {entries.map(({ key, to, label }) => (
          <li key={key}>
            <Link to={to} aria-current={key === current ? 'page' : undefined}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
