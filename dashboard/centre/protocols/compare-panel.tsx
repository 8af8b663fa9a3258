import { useMemo } from 'react'
import type { ProtocolContent } from '../../../server/contract/protocol.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { compareProtocols } from './compare.ts'
import { comparedText, differencePlace } from './told.ts'

/** What is different from what is published. */
export function ComparePanel({ before, after }: { before: ProtocolContent | null; after: ProtocolContent }) {
  const { t } = useTexts()
  const found = useMemo(() => (before === null ? [] : compareProtocols(before, after)), [before, after])
  if (before === null) return <p className="muted">{t('protocols.compare.nothing')}</p>
  if (found.length === 0) return <p className="muted">{t('protocols.compare.same')}</p>
  return (
    <ul className="protocol-diff" data-testid="protocol-diff">
      {found.map((one) => (
        <li key={`${one.stepId} ${one.what}`} data-kind={one.kind}>
          <b>
            {t(`protocols.compare.${one.kind}`)} {differencePlace(one, one.kind === 'removed' ? before : after, t)}
          </b>
          {one.before === null ? null : <del>{comparedText(one, one.before, before, t)}</del>}
          {one.after === null ? null : <ins>{comparedText(one, one.after, after, t)}</ins>}
        </li>
      ))}
    </ul>
  )
}
