import type { ProtocolContent } from '../../../server/contract/protocol.ts'
import type { ProtocolFault } from '../../../server/contract/protocol-check.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { placeText, stepOfPlace } from './places.ts'

interface Props {
  content: ProtocolContent
  faults: readonly ProtocolFault[]
  onGo(step: number | null): void
}

/** Everything that is wrong, each with its place; a press goes there. */
export function CheckList({ content, faults, onGo }: Props) {
  const { t } = useTexts()
  return (
    <div data-testid="protocol-check">
      <p className="protocols-gaps" data-bad={faults.length > 0 || undefined} role="status">
        {faults.length === 0 ? `✓ ${t('protocols.check.ok')}` : `✗ ${t('protocols.check.n', { n: faults.length })}`}
      </p>
      <ul className="protocol-faults">
        {faults.map((fault) => (
          <li key={`${fault.place} ${fault.code}`}>
            <button type="button" className="protocol-goto" onClick={() => onGo(stepOfPlace(fault.place))}>
              <b>{placeText(fault.place, content, t)}</b>
              <span>{t(`protocols.check.fault.${fault.code}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
