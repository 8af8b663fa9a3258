import type { CaseDetail } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { Alerts } from './alerts.tsx'
import { Contacts } from './file/contacts.tsx'
import type { CaseFile } from './file/use-case-file.ts'
import { Vitals } from './file/vitals.tsx'
import { VoicePanel } from './voice/panel.tsx'

interface Props {
  detail: CaseDetail | undefined
  file: CaseFile
}

/** Right column: talking with the home, whom to call, what it rests on, who can come, how the body does. */
export function Side({ detail, file }: Props) {
  return (
    <aside className="side">
      <VoicePanel detail={detail} />
      {detail ? (
        <>
          <Contacts key={`contacts ${detail.case.caseId}`} detail={detail} file={file} />
          <Alerts key={detail.case.caseId} detail={detail} />
          <Responders />
          <Vitals key={`vitals ${detail.case.caseId}`} caseId={detail.case.caseId} />
        </>
      ) : null}
    </aside>
  )
}

function Responders() {
  const { t } = useTexts()
  return (
    <section aria-label={t('responders.title')}>
      <h3>{t('responders.title')}</h3>
      <p className="side-none">
        <b>{t('responders.none')}</b> {t('responders.noneText')}
      </p>
    </section>
  )
}
