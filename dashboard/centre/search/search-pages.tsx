import type { CentrePageProps } from '../page-props.ts'
import { CaseRecordPage } from './case-page.tsx'
import { SearchPage } from './search-page.tsx'
import '../../watch/watch.css'
import './search.css'

/** Cases are looked for, then one of them read. */
export default function SearchPages({ session, id }: CentrePageProps) {
  return id === null ? <SearchPage session={session} /> : <CaseRecordPage key={id} caseId={id} session={session} />
}
