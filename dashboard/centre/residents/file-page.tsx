import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { ResidentFilePage } from '../../../server/contract/case.ts'
import { hasCode } from '../../api/client.ts'
import { residentFileQuery } from '../../api/file-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { centrePath } from '../routes.ts'
import { ContactsCard } from './contacts-card.tsx'
import { DetailsCard } from './details-card.tsx'
import { HistoryCard } from './history-card.tsx'
import { HomeCard } from './home-card.tsx'
import { NotesCard } from './notes-card.tsx'
import { NoticesCard } from './notices-card.tsx'
import { PhotoCard } from './photo-card.tsx'

/** One resident's file, in cards that are saved one by one. */
export function FilePage({ residentId }: { residentId: string }) {
  const { t } = useTexts()
  const query = useQuery(residentFileQuery(residentId))
  const back = (
    <Button onClick={() => navigate(centrePath('residents'))} data-testid="residents-back">
      {t('residents.back')}
    </Button>
  )
  if (query.data) return <Cards page={query.data} back={back} />
  if (hasCode(query.error, 'not_found')) return <EmptyState title={t('residents.nobody')}>{back}</EmptyState>
  if (query.isError) {
    return (
      <ErrorState title={t('residents.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  return <LateSkeleton rows={10} />
}

function Cards({ page, back }: { page: ResidentFilePage; back: ReactNode }) {
  const { t } = useTexts()
  const { file, notices, pastNotes } = page
  return (
    <section data-testid="resident-file">
      <div className="resident-head">
        <h2>{file.name}</h2>
        <span className="muted figures">
          {[
            t(`gender.${file.gender}`),
            file.age === null ? '' : t('common.years', { age: file.age }),
            file.home?.place,
            file.home?.address,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <span className="office-space" />
        {back}
      </div>
      <div className="resident-cards">
        <div>
          <PhotoCard file={file} />
          <NoticesCard file={file} notices={notices} />
          <NotesCard file={file} past={pastNotes} />
        </div>
        <div>
          {/* A form takes up the newest version by being made anew; what was typed into it was refused as stale. */}
          <DetailsCard key={`details ${file.version}`} file={file} />
          <HomeCard key={`home ${file.version}`} file={file} />
          <ContactsCard file={file} />
          <HistoryCard residentId={file.residentId} />
        </div>
      </div>
    </section>
  )
}
