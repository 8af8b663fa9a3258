import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { ROLES, type Session } from '../../../server/contract/api.ts'
import type { CaseSummary } from '../../../server/contract/case.ts'
import { hasCode } from '../../api/client.ts'
import { caseQuery, openCasesQuery } from '../../api/queries.ts'
import { assistCase, colleaguesQuery, reassignCase, whisperTo } from '../../api/shift-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { errorText } from '../words.ts'
import './company.css'

/** What a supervisor can do with somebody else's case, on one line; nothing for operators, and for the own case. */
export function SupervisorBar({ item, me }: { item: CaseSummary; me: Session }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [dialog, setDialog] = useState<'whisper' | 'reassign' | null>(null)
  const { data: detail } = useQuery(caseQuery(item.caseId))
  const own = detail?.log.findLast(
    ({ action, actor }) => actor === me.displayName && (action === 'assisted' || action === 'assist_ended'),
  )
  const assisting = own?.action === 'assisted'
  const refetch = () => {
    void client.invalidateQueries({ queryKey: caseQuery(item.caseId).queryKey })
    void client.invalidateQueries({ queryKey: openCasesQuery.queryKey })
  }
  const assist = useMutation({
    mutationFn: (on: boolean) => assistCase(item.caseId, on),
    onSettled: refetch,
  })
  const may = ROLES.indexOf(me.role) >= ROLES.indexOf('supervisor')
  const open = item.state === 'claimed' || item.state === 'dispatched' || item.state === 'on_scene'
  if (!may || !open || item.owner === null || item.owner.userId === me.userId) return null
  return (
    <div className="supervisor-bar" role="toolbar" aria-label={t('company.bar')} data-testid="supervisor-bar">
      <Button
        size="small"
        loading={assist.isPending}
        onClick={() => assist.mutate(!assisting)}
        data-testid="assist"
        aria-pressed={assisting}
      >
        {assisting ? t('company.end') : t('company.assist')}
      </Button>
      <Button size="small" onClick={() => setDialog('whisper')} data-testid="whisper">
        {t('company.whisper')}
      </Button>
      <Button size="small" onClick={() => setDialog('reassign')} data-testid="reassign">
        {t('company.reassign')}
      </Button>
      {assist.error ? <span role="alert">{errorText(assist.error, t)}</span> : null}
      {dialog === null ? null : (
        <CompanyDialog
          kind={dialog}
          item={item}
          onDone={() => {
            setDialog(null)
            refetch()
          }}
          onCancel={() => setDialog(null)}
        />
      )}
    </div>
  )
}

const OK = { htmlType: 'button' as const, 'data-testid': 'company-submit' }

interface Values {
  to?: string
  text: string
}

function CompanyDialog(props: { kind: 'whisper' | 'reassign'; item: CaseSummary; onDone(): void; onCancel(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const { kind, item } = props
  const [form] = Form.useForm<Values>()
  const { data: colleagues = [] } = useQuery({ ...colleaguesQuery, enabled: kind === 'reassign' })
  const send = useMutation({
    mutationFn: ({ to = '', text }: Values) =>
      kind === 'whisper'
        ? whisperTo(item.caseId, text.trim())
        : reassignCase(item.caseId, item.version, to, text.trim()),
    onSuccess: props.onDone,
  })
  const name = item.owner?.displayName ?? ''
  return (
    <Modal
      open
      width={480}
      title={kind === 'whisper' ? t('company.whisperTitle', { name }) : t('company.reassignTitle')}
      okText={kind === 'whisper' ? t('company.send') : t('company.reassign')}
      okButtonProps={OK}
      confirmLoading={send.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={props.onCancel}
    >
      <p className="dialog-lead">{kind === 'whisper' ? t('company.whisperHint') : t('company.told')}</p>
      {send.error ? (
        <Alert
          type="warning"
          showIcon
          title={hasCode(send.error, 'invalid_request') ? t('company.notOnDuty') : errorText(send.error, t)}
        />
      ) : null}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => send.mutate(values)}>
        {kind === 'reassign' ? (
          <Form.Item name="to" label={t('company.to')} rules={[{ required: true, message: t('company.needText') }]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              autoFocus
              options={colleagues
                .filter(({ userId, status, away }) => userId !== item.owner?.userId && status !== 'off' && !away)
                .map(({ userId, displayName, status, inHand }) => ({
                  value: userId,
                  label: `${displayName} · ${t(`wall.status.${status}`)} · ${inHand}`,
                }))}
            />
          </Form.Item>
        ) : null}
        <Form.Item
          name="text"
          label={kind === 'whisper' ? t('company.whisper') : t('company.reason')}
          rules={[{ required: true, whitespace: true, message: t('company.needText') }]}
        >
          <Input.TextArea
            autoFocus={kind === 'whisper'}
            maxLength={kind === 'whisper' ? 1000 : 200}
            autoSize={{ minRows: 2, maxRows: 5 }}
            data-testid="company-text"
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}
