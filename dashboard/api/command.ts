import type { CaseAction, CaseCommandBody, CaseSummary } from '../../server/contract/case.ts'
import type { SecondPerson, StepAnswer } from '../../server/contract/protocol.ts'
import { ApiError, hasCode, request } from './client.ts'
import { caseQuery, openCasesQuery, queryClient } from './queries.ts'

export type CommandInput<A extends CaseAction> = Omit<CaseCommandBody[A], 'version'>

/**
 * Sends one command on a case.
 *
 * A claim or a note on a case that got another signal meanwhile is sent again with the new version: neither depends on
 * what changed, and the server still refuses a claim when somebody else was quicker. Everything else is decided anew by
 * the operator.
 */
export async function sendCommand<A extends CaseAction>(
  current: CaseSummary,
  action: A,
  input: CommandInput<A>,
): Promise<CaseSummary> {
  const path = `/cases/${encodeURIComponent(current.caseId)}/${action}`
  const harmless = action === 'note' || (action === 'claim' && (current.state === 'new' || current.returnedAt !== null))
  try {
    const changed = await request<CaseSummary>('POST', path, { ...input, version: current.version })
    putIntoList(changed)
    return changed
  } catch (error) {
    if (!harmless || !hasCode(error, 'stale_version')) throw error
    const version = error instanceof ApiError ? error.problem?.version : undefined
    if (version === undefined) throw error
    const changed = await request<CaseSummary>('POST', path, { ...input, version })
    putIntoList(changed)
    return changed
  } finally {
    void queryClient.invalidateQueries({ queryKey: caseQuery(current.caseId).queryKey })
    void queryClient.invalidateQueries({ queryKey: openCasesQuery.queryKey })
  }
}

/** Answers a step of the case's protocol. The case as it was seen counts: a stale version is decided anew. */
export const answerStep = (current: CaseSummary, input: Omit<StepAnswer, 'version'>): Promise<CaseSummary> =>
  sendOnce(current, 'steps', input)

/** Agrees that a foreign case may end though nobody has reached the resident. */
export const confirmSecond = (current: CaseSummary, input: Omit<SecondPerson, 'version'>): Promise<CaseSummary> =>
  sendOnce(current, 'second', input)

/** Asks the other desks for that. */
export const askSecond = (current: CaseSummary): Promise<CaseSummary> => sendOnce(current, 'second/ask', {})

async function sendOnce(current: CaseSummary, what: string, input: object): Promise<CaseSummary> {
  const path = `/cases/${encodeURIComponent(current.caseId)}/${what}`
  try {
    const changed = await request<CaseSummary>('POST', path, { ...input, version: current.version })
    putIntoList(changed)
    return changed
  } finally {
    void queryClient.invalidateQueries({ queryKey: caseQuery(current.caseId).queryKey })
    void queryClient.invalidateQueries({ queryKey: openCasesQuery.queryKey })
  }
}

/** Shows the answer at once; the refetch that follows only confirms it. */
function putIntoList(changed: CaseSummary): void {
  queryClient.setQueryData(openCasesQuery.queryKey, (page) => {
    if (!page) return page
    const open = changed.state !== 'resolved' && changed.state !== 'closed'
    const others = page.items.filter((item) => item.caseId !== changed.caseId)
    const before = page.items.findIndex((item) => item.caseId === changed.caseId)
    if (!open) return { ...page, items: others }
    const items = before < 0 ? [...others, changed] : page.items.with(before, changed)
    return { ...page, items }
  })
  queryClient.setQueryData(caseQuery(changed.caseId).queryKey, (detail) =>
    detail ? { ...detail, case: changed } : detail,
  )
}
