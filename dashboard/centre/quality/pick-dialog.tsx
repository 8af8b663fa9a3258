import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import type { OperatorMonth, PickableCase } from '../../../server/contract/quality.ts'
import { pickableQuery, pickCase, QUALITY_KEY } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { shortId } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment } from '../../watch/parts.tsx'

interface Props {
  month: string
  operator: OperatorMonth
  onClose(): void
}

/** Takes one of an operator's closed cases by hand, with a reason. */
export function PickDialog({ month, operator, onClose }: Props) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [cursors, setCursors] = useState(FIRST)
  const [chosen, setChosen] = useState<string | null>(null)
  const [form] = Form.useForm<{ reason: string }>()
  const query = useQuery(pickableQuery(month, operator.userId, cursors.at(-1) ?? null))
  const pick = useMutation({
    mutationFn: (reason: string) => pickCase({ caseId: chosen ?? '', reason: reason.trim() }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: QUALITY_KEY })
      onClose()
    },
  })
  return (
    <Modal
      open
      width={720}
      title={t('quality.pickTitle', { name: operator.displayName })}
      okText={t('quality.pickThis')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: chosen === null, loading: pick.isPending }}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t('quality.pickLead')}</p>
      <CursorTable<PickableCase>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="caseId"
        empty={<EmptyState calm title={t('quality.pickNone')} />}
        table={{ size: 'small', scroll: { x: 600 } }}
        columns={[
          {
            title: t('quality.kind'),
            key: 'kind',
            render: (_, row) => (
              <Radio
                name="picked"
                checked={chosen === row.caseId}
                disabled={row.audited}
                onChange={() => setChosen(row.caseId)}
              >
                <b>{t(`kind.${row.kind}`)}</b> <span className="muted figures">{shortId(row.caseId)}</span>
              </Radio>
            ),
          },
          {
            title: t('quality.closedAt'),
            dataIndex: 'closedAt',
            width: 160,
            render: (at: string) => <Moment at={at} />,
          },
          {
            title: t('quality.outcome'),
            key: 'outcome',
            width: 180,
            render: (_, { outcome, audited }) => (
              <>
                {outcome === null ? '—' : t(`outcome.${outcome}`)}{' '}
                {audited ? <span className="watch-tag">{t('quality.alreadyAudited')}</span> : null}
              </>
            ),
          },
        ]}
      />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ reason }) => pick.mutate(reason)}>
        <Form.Item
          name="reason"
          label={t('quality.pickReason')}
          rules={[{ required: true, whitespace: true, message: t('quality.editor.needed') }]}
        >
          <Input maxLength={2000} placeholder={t('quality.pickReasonHint')} data-testid="pick-reason" />
        </Form.Item>
      </Form>
      {pick.error ? <Alert type="error" showIcon title={errorText(pick.error, t)} /> : null}
    </Modal>
  )
}
