import type { Session } from '../../server/contract/api.ts'

/** What each of the call centre's pages is given. Apart from their list, which imports the pages. */
export interface CentrePageProps {
  session: Session
  /** What the address points at, after the page's name. */
  id: string | null
}
