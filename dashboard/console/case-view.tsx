import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Session } from '../../server/contract/api.ts'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import { caseQuery } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { MAIN } from '../ui/skip-link.tsx'
import { ErrorState, LateSkeleton } from '../ui/states.tsx'
import { Actions } from './actions.tsx'
import { CaseHeader } from './case-header.tsx'
import { SupervisorBar } from './company/supervisor-bar.tsx'
import { Whispers } from './company/whispers.tsx'
import { Facts } from './facts.tsx'
import { NoticeStrip } from './file/notice-strip.tsx'
import type { CaseFile } from './file/use-case-file.ts'
import type { DeskAction } from './permitted.ts'
import { Place } from './place.tsx'
import { Protocol } from './protocol.tsx'
import type { Answer } from './protocol-steps.ts'
import { TimeLine } from './time-line.tsx'
import { errorText, logText } from './words.ts'

interface Props {
  item: CaseSummary
  detail: CaseDetail | undefined
  permitted: ReadonlySet<DeskAction>
  disabled: boolean
  me: Session
  answers: readonly Answer[]
  /** The earlier step of the protocol that is being answered again. */
  redo: string | null
  onRedo(stepId: string | null): void
  file: CaseFile
  onAction(action: DeskAction): void
  onAnswer(answer: Answer): void
}

/** The middle: everything for one decision on one case. */
export function CaseView(props: Props) {
  const { item, detail, permitted, disabled, me, file, onAction } = props
  const { t } = useTexts()
  const query = useQuery(caseQuery(item.caseId))
  return (
    <main className="case" {...MAIN} data-testid="case" data-case-id={item.caseId}>
      <CaseHeader item={item} detail={detail} />
      {detail ? (
        <>
          <NoticeStrip detail={detail} file={file} />
          <Facts detail={detail} file={file} />
          <div className="case-body">
            <Protocol
              detail={detail}
              permitted={permitted}
              disabled={disabled}
              answers={props.answers}
              redo={props.redo}
              onRedo={props.onRedo}
              onAnswer={props.onAnswer}
            />
            <div className="case-right">
              <Place detail={detail} onMap={() => file.open({ kind: 'map' })} />
              <div className="case-beside">
                <SupervisorBar item={item} me={me} />
                <Whispers caseId={item.caseId} />
                <Seen key={item.caseId} detail={detail} me={me.displayName} />
              </div>
            </div>
          </div>
        </>
      ) : query.isError ? (
        <ErrorState
          title={t('empty.caseFailed')}
          text={t('empty.caseFailedText', { what: errorText(query.error, t) })}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <LateSkeleton rows={8} />
      )}
      <Actions permitted={permitted} disabled={disabled} onAction={onAction} />
    </main>
  )
}

/** The time line with what came since the operator opened the case marked and read out. */
function Seen({ detail, me }: { detail: CaseDetail; me: string }) {
  const { t, language } = useTexts()
  const [seenVersion] = useState(detail.case.version)
  const [announcement, setAnnouncement] = useState('')
  const last = detail.log.at(-1)
  const openedAt = detail.case.openedAt
  useEffect(() => {
    if (!last || last.version <= seenVersion) return
    setAnnouncement(t('header.updated', { what: logText(last, openedAt, t, language) }))
  }, [last, seenVersion, openedAt, t, language])
  return (
    <>
      <TimeLine detail={detail} seenVersion={seenVersion} me={me} />
      <div className="visually-hidden" aria-live="polite">
        {announcement}
      </div>
    </>
  )
}
