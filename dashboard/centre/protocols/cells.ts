import type { ProtocolCell, ProtocolContent } from '../../../server/contract/protocol.ts'

/**
 * What publishing changes in the matrix: cells taken over, by the protocol that serves them now ('' for none), and cells of its
 * own that it serves no more. Another protocol may serve those again; the matrix after it tells. Pure.
 */
export function cellChanges(cells: readonly ProtocolCell[], protocolId: string, { kinds, risks }: ProtocolContent) {
  const takes = new Map<string, number>()
  const leaves: ProtocolCell[] = []
  for (const cell of cells) {
    const serves = kinds.includes(cell.kind) && risks.includes(cell.risk)
    const mine = cell.protocolId === protocolId
    if (serves && !mine && cell.protocolId !== null) takes.set(cell.protocolId, (takes.get(cell.protocolId) ?? 0) + 1)
    if (!serves && mine) leaves.push(cell)
  }
  return { takes, leaves }
}
