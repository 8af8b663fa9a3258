import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { ALERT_CLASSES, ALERT_KINDS, CASE_CATEGORIES, type CaseCategory } from '../../../server/contract/kinds.ts'
import {
  type ProtocolCell,
  type ProtocolList,
  type ProtocolView,
  RISK_LEVELS,
} from '../../../server/contract/protocol.ts'
import { Panel } from '../../admin/devices/panel.tsx'
import { hasCode } from '../../api/client.ts'
import { protocolQuery, protocolsQuery } from '../../api/protocol-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { timeText } from '../../ui/formats.ts'
import { Link } from '../../ui/link.tsx'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { centrePath } from '../routes.ts'
import { Editor } from './editor.tsx'
import { NewProtocolDialog } from './new-protocol.tsx'
import '../../admin/devices/panels.css'
import './protocols.css'

/** Which protocol serves what, and one protocol in the editor. */
export default function ProtocolsPage({ id }: { id: string | null }) {
  return id === null ? <Overview /> : <One key={id} protocolId={id} />
}

const pathOf = (protocolId: string) => centrePath('protocols', protocolId)

function One({ protocolId }: { protocolId: string }) {
  const { t } = useTexts()
  const query = useQuery(protocolQuery(protocolId))
  if (query.data) return <Editor loaded={query.data} />
  if (query.isPending) return <LateSkeleton rows={12} />
  return hasCode(query.error, 'not_found', 'invalid_request') ? (
    <EmptyState title={t('protocols.notFound')}>
      <Button type="primary" onClick={() => navigate(centrePath('protocols'))}>
        {t('protocols.back')}
      </Button>
    </EmptyState>
  ) : (
    <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
  )
}

function Overview() {
  const { t } = useTexts()
  const query = useQuery(protocolsQuery)
  const [adding, setAdding] = useState(false)
  const { data } = query
  if (!data) {
    return query.isPending ? (
      <LateSkeleton rows={12} />
    ) : (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  const gaps = data.cells.filter((cell) => cell.protocolId === null).length
  return (
    <article className="protocols" data-testid="protocols">
      <div className="office-tools">
        <p className="office-lead protocols-lead">{t('protocols.lead')}</p>
        <span className="office-space" />
        <Button type="primary" onClick={() => setAdding(true)} data-testid="protocol-add">
          {t('protocols.add')}
        </Button>
      </div>
      <p className="protocols-gaps" data-bad={gaps > 0 || undefined} role="status" data-testid="protocol-gaps">
        {gaps > 0 ? `✗ ${t('protocols.gaps', { n: gaps })}` : `✓ ${t('protocols.noGaps', { n: data.cells.length })}`}
      </p>
      <div className="protocols-columns">
        <Panel title={t('protocols.matrix')} name="protocol-matrix">
          <Matrix list={data} />
        </Panel>
        <Panel title={t('protocols.all')} name="protocol-list">
          <ul className="protocol-list">
            {data.items.map((one) => (
              <ListItem key={one.protocolId} of={one} />
            ))}
          </ul>
        </Panel>
      </div>
      {adding ? <NewProtocolDialog list={data} onClose={() => setAdding(false)} /> : null}
    </article>
  )
}

function Matrix({ list }: { list: ProtocolList }) {
  const { t } = useTexts()
  const of = (category: CaseCategory) => ALERT_KINDS.filter((kind) => ALERT_CLASSES[kind].category === category)
  return (
    <table className="protocol-matrix">
      <thead>
        <tr>
          <th scope="col">{t('protocols.kindHead')}</th>
          {RISK_LEVELS.map((risk) => (
            <th key={risk} scope="col">
              {t(`protocols.risk.${risk}`)}
            </th>
          ))}
        </tr>
      </thead>
      {CASE_CATEGORIES.map((category) => (
        <tbody key={category}>
          {of(category).map((kind) => (
            <tr key={kind}>
              <th scope="row">{t(`kind.${kind}`)}</th>
              {merged(list.cells.filter((cell) => cell.kind === kind)).map(({ cell, span }) => (
                <td key={cell.risk} colSpan={span} data-gap={cell.protocolId === null || undefined}>
                  <CellText cell={cell} items={list.items} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  )
}

function CellText({ cell, items }: { cell: ProtocolCell; items: readonly ProtocolView[] }) {
  const { t, language } = useTexts()
  const { protocolId } = cell
  if (protocolId === null) return <b>✗ {t('protocols.none')}</b>
  const title = items.find((one) => one.protocolId === protocolId)?.title[language]
  return <Link to={pathOf(protocolId)}>{title || protocolId}</Link>
}

/** Neighbours that are served alike as one cell. */
function merged(cells: readonly ProtocolCell[]): { cell: ProtocolCell; span: number }[] {
  const groups: { cell: ProtocolCell; span: number }[] = []
  for (const cell of cells) {
    const last = groups.at(-1)
    if (last && last.cell.protocolId === cell.protocolId) last.span += 1
    else groups.push({ cell, span: 1 })
  }
  return groups
}

function ListItem({ of }: { of: ProtocolView }) {
  const { t, language } = useTexts()
  return (
    <li data-testid="protocol-item">
      <span className="protocol-item-head">
        <Link to={pathOf(of.protocolId)}>{of.title[language] || of.protocolId}</Link>
        {of.draft ? <span className="protocol-tag">{t('protocols.draft')}</span> : null}
      </span>
      <small className="muted figures">
        {of.number === null ? t('protocols.unpublished') : t('protocols.version', { n: of.number })}
        {of.publishedAt === null
          ? ''
          : ` · ${of.publishedBy ?? t('protocols.delivered')} ${timeText(of.publishedAt, serverNow(), language)}`}
        {of.number === null
          ? ''
          : ` · ${of.cells === 0 ? t('protocols.unused') : t('protocols.cells', { n: of.cells })}`}
      </small>
    </li>
  )
}
