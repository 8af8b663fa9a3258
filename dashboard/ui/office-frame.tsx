import { type ReactNode, useState } from 'react'
import type { Session } from '../../server/contract/api.ts'
import { useTexts } from '../i18n/i18n.ts'
import { ChangePassword } from './change-password.tsx'
import { GapBadge } from './gap-badge.tsx'
import { Link } from './link.tsx'
import { MAIN, SkipLink } from './skip-link.tsx'
import type { Area } from './theme.ts'
import { UserMenu } from './user-menu.tsx'
import './office.css'

/** Frame of the pages that are read in peace: title, way back, own menu. */
export function OfficeFrame(props: { session: Session; title: string; area?: Area; children: ReactNode }) {
  const { t } = useTexts()
  const [changing, setChanging] = useState(false)
  return (
    <div className="office">
      <SkipLink />
      <header className="office-top">
        <h1>{props.title}</h1>
        <Link to="/">{t('admin.back')}</Link>
        <span className="office-space" />
        <GapBadge session={props.session} />
        <UserMenu session={props.session} area={props.area ?? 'office'} onPassword={() => setChanging(true)} />
      </header>
      <main className="office-main" {...MAIN}>
        {props.children}
      </main>
      {changing ? <ChangePassword username={props.session.username} onClose={() => setChanging(false)} /> : null}
    </div>
  )
}
