import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { CaseSummary, ResidentFilePage } from '../../server/contract/case.ts'
import type {
  AvailabilityUpdate,
  CallOutcome,
  FileChange,
  FileUpdate,
  NewNote,
  NewNotice,
  Reveal,
  TemporaryNote,
} from '../../server/contract/case-file.ts'
import type { CaseVitals, VitalField } from '../../server/contract/case-vitals.ts'
import type { PositionView } from '../../server/contract/position.ts'
import { BASE, hasCode, request, upload } from './client.ts'
import { queryText } from './device-queries.ts'
import { caseQuery, openCasesQuery, queryClient } from './queries.ts'

/** What a case and the office ask of a resident's file. */

const caseOf = (caseId: string) => `/cases/${encodeURIComponent(caseId)}`
const residentOf = (residentId: string) => `/residents/${encodeURIComponent(residentId)}`

/** The case is shown as it is now; the list follows. */
async function refreshed(caseId: string): Promise<void> {
  void queryClient.invalidateQueries({ queryKey: openCasesQuery.queryKey })
  await queryClient.invalidateQueries({ queryKey: caseQuery(caseId).queryKey })
}

export async function confirmNotice(caseId: string, noticeId: string): Promise<void> {
  await request<CaseSummary>('POST', `${caseOf(caseId)}/notices/${encodeURIComponent(noticeId)}/read`, {})
  await refreshed(caseId)
}

export async function logCall(caseId: string, position: number, outcome: CallOutcome): Promise<void> {
  await request<CaseSummary>('POST', `${caseOf(caseId)}/contact-calls`, { position, outcome })
  await refreshed(caseId)
}

export const revealPhone = async (residentId: string, position: number, grounds: Reveal): Promise<string> =>
  (await request<{ phone: string }>('POST', `${residentOf(residentId)}/contacts/${position}/reveal`, grounds)).phone

export const revealCode = async (residentId: string, grounds: Reveal): Promise<string> =>
  (await request<{ code: string }>('POST', `${residentOf(residentId)}/access-code/reveal`, grounds)).code

/** Where the photo is; another photo has another address. */
export const photoUrl = (residentId: string, photoId: string): string =>
  `${BASE}${residentOf(residentId)}/photo?v=${encodeURIComponent(photoId)}`

export const caseVitalsQuery = (caseId: string, field: VitalField | null) =>
  queryOptions({
    queryKey: ['case-vitals', caseId, field],
    queryFn: () => request<CaseVitals>('GET', `${caseOf(caseId)}/vitals${queryText({ field })}`),
    refetchInterval: 60_000,
  })

/** While a map is open. */
const FOLLOW_MS = 5000

/** Null: never known. */
export const positionQuery = (residentId: string) =>
  queryOptions({
    queryKey: ['position', residentId],
    queryFn: async (): Promise<PositionView | null> => {
      try {
        return await request<PositionView>('GET', `${residentOf(residentId)}/position`)
      } catch (error) {
        if (hasCode(error, 'not_found')) return null
        throw error
      }
    },
    refetchInterval: FOLLOW_MS,
    gcTime: 0,
  })

export const addNote = (residentId: string, note: NewNote): Promise<void> =>
  request('POST', `${residentOf(residentId)}/notes`, note)
const noteOf = (residentId: string, { noteId }: TemporaryNote) => `${residentOf(residentId)}/notes/${noteId}`
export const moveNote = (residentId: string, note: TemporaryNote, until: string): Promise<void> =>
  request('POST', `${noteOf(residentId, note)}/until`, { version: note.version, until })
export const endNote = (residentId: string, note: TemporaryNote): Promise<void> =>
  request('POST', `${noteOf(residentId, note)}/end`, { version: note.version })

const fileKey = (residentId: string) => ['resident-file', residentId] as const

export const residentFileQuery = (residentId: string) =>
  queryOptions({
    queryKey: [...fileKey(residentId), 'now'],
    queryFn: () => request<ResidentFilePage>('GET', `${residentOf(residentId)}/file`),
    // Forms are filled from it; nothing may change under the hands.
    refetchOnWindowFocus: false,
    // Every reading is noted: none that nobody makes.
    staleTime: 60_000,
    gcTime: 0,
  })

export const fileHistoryQuery = (residentId: string) =>
  infiniteQueryOptions({
    queryKey: [...fileKey(residentId), 'history'],
    queryFn: ({ pageParam: cursor }) =>
      request<{ items: FileChange[]; nextCursor: string | null }>(
        'GET',
        `${residentOf(residentId)}/file/history${queryText({ limit: 20, cursor })}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    gcTime: 0,
  })

export const refreshFile = (residentId: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: fileKey(residentId) })

export const saveFile = (residentId: string, update: FileUpdate): Promise<void> =>
  request('PATCH', `${residentOf(residentId)}/file`, update)
export const saveAvailability = (residentId: string, position: number, update: AvailabilityUpdate): Promise<void> =>
  request('PUT', `${residentOf(residentId)}/contacts/${position}/availability`, update)
export const saveCode = (residentId: string, version: number, code: string | null): Promise<void> =>
  request('PUT', `${residentOf(residentId)}/access-code`, { version, code })
export const addNotice = (residentId: string, notice: NewNotice): Promise<void> =>
  request('POST', `${residentOf(residentId)}/notices`, notice)
export const endNotice = (residentId: string, noticeId: string): Promise<void> =>
  request('POST', `${residentOf(residentId)}/notices/${noticeId}/end`, {})
export const removePhoto = (residentId: string): Promise<void> => request('DELETE', `${residentOf(residentId)}/photo`)
export const uploadPhoto = (residentId: string, image: Blob): Promise<void> =>
  image.arrayBuffer().then((bytes) => upload(`${residentOf(residentId)}/photo`, new Uint8Array(bytes), image.type))
