import type { Session } from '../../server/contract/api.ts'

/** What a page of the call centre is given. Apart from the list of pages, which imports each of them. */
export interface CentrePageProps {
  session: Session
  /** What the address points at, after the page's name. */
  id: string | null
}
