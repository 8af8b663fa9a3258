import { FilePage } from './file-page.tsx'
import { SearchPage } from './search-page.tsx'
import './residents.css'

/** Residents' files: somebody is looked for, then her file kept. */
export default function ResidentsPage({ id }: { id: string | null }) {
  return id === null ? <SearchPage /> : <FilePage key={id} residentId={id} />
}
