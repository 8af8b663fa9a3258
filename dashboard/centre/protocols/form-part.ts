import type { ProtocolContent } from '../../../server/contract/protocol.ts'

/** What every part of the editor's form gets. */
export interface FormPart {
  content: ProtocolContent
  onChange(content: ProtocolContent): void
}
