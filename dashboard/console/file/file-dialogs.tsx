import type { CaseDetail } from '../../../server/contract/case.ts'
import { caseQuery, queryClient } from '../../api/queries.ts'
import { MapDialog } from './map-dialog.tsx'
import { NotesDialog } from './notes-dialog.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import type { CaseFile } from './use-case-file.ts'

/** What the file opens over the console. */
export function FileDialogs({ detail, file }: { detail: CaseDetail | undefined; file: CaseFile }) {
  const { dialog, close } = file
  const resident = detail?.resident
  if (!dialog || !resident) return null
  switch (dialog.kind) {
    case 'map':
      return <MapDialog detail={detail} onClose={close} />
    case 'notes':
      return (
        <NotesDialog
          residentId={resident.residentId}
          name={resident.name}
          notes={resident.notes}
          onChanged={() => queryClient.invalidateQueries({ queryKey: caseQuery(detail.case.caseId).queryKey })}
          onClose={close}
        />
      )
    case 'reason':
      return (
        <ReasonDialog
          hidden={dialog.hidden}
          onReveal={(reason) => file.reveal(dialog.hidden, reason)}
          onClose={close}
        />
      )
  }
}
