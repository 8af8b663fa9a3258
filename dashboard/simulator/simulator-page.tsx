import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useMemo, useState } from 'react'
import type { Session } from '../../server/contract/api.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { OfficeFrame } from '../ui/office-frame.tsx'
import { EmptyState, ErrorState, LateSkeleton } from '../ui/states.tsx'
import { virtualDevicesQuery } from './api.ts'
import { HomeCard } from './home-card.tsx'
import { findHomes, homesOf } from './homes.ts'

/** Virtual homes whose buttons a person can press; for demonstration only. */
export default function SimulatorPage({ session }: { session: Session }) {
  const { t } = useTexts()
  return (
    <OfficeFrame session={session} title={t('app.simulator')}>
      {session.demo ? <Homes /> : <EmptyState title={t('sim.notDemo')} text={t('sim.notDemoText')} />}
    </OfficeFrame>
  )
}

function Homes() {
  const { t } = useTexts()
  const query = useQuery(virtualDevicesQuery)
  const [text, setText] = useState('')
  const homes = useMemo(() => homesOf(query.data ?? []), [query.data])
  const shown = useMemo(() => findHomes(homes, text), [homes, text])
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('sim.failedLoad')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={8} />
  if (homes.length === 0) return <EmptyState title={t('sim.none')} text={t('sim.noneText')} />
  return (
    <section>
      <p className="office-lead">{t('sim.lead')}</p>
      <div className="office-tools">
        <Input.Search
          allowClear
          className="office-search"
          placeholder={t('sim.find')}
          aria-label={t('sim.find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="muted">{t('sim.homes', { homes: homes.length, devices: query.data.length })}</span>
      </div>
      {shown.length === 0 ? <EmptyState title={t('sim.noMatch')} /> : null}
      <div className="homes">
        {shown.map((home) => (
          <HomeCard key={home.key} home={home} />
        ))}
      </div>
    </section>
  )
}
