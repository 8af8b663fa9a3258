import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import type { HandoverView } from '../../../server/contract/handover.ts'
import { openCasesQuery } from '../../api/queries.ts'
import { HANDOVERS_KEY, inboxQuery, type Signing, signCases } from '../../api/shift-queries.ts'
import { caseNumber, errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { Moment } from '../../watch/parts.tsx'

interface Sign {
  handoverId: string
  caseIds: string[]
}

/** What colleagues hand over to this operator: read, then sign. */
export function ToSign({ offered }: { offered: readonly HandoverView[] }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [declining, setDeclining] = useState<Sign | null>(null)
  const sign = useMutation({
    mutationFn: ({ handoverId, caseIds, signing, reason }: Sign & { signing: Signing; reason?: string }) =>
      signCases(handoverId, signing, caseIds, reason),
    onSuccess: (inbox) => {
      client.setQueryData(inboxQuery.queryKey, inbox)
      setDeclining(null)
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: HANDOVERS_KEY })
      void client.invalidateQueries({ queryKey: openCasesQuery.queryKey })
    },
  })
  return (
    <>
      <h2 className="handover-title">{t('handover.toMe')}</h2>
      {sign.error ? (
        <Alert type="error" showIcon title={t('refused.title')} description={errorText(sign.error, t)} />
      ) : null}
      {offered.length === 0 ? <p className="muted">{t('handover.noToMe')}</p> : null}
      {offered.map(({ handoverId, giver, at, note, cases }) => {
        const all = { handoverId, caseIds: cases.map(({ caseId }) => caseId) }
        return (
          <article key={handoverId} className="handover-sheet" data-testid="to-sign">
            <header>
              <b>{t('handover.from', { name: giver.displayName })}</b> <Moment at={at} />
              <span className="office-space" />
              <Button
                type="primary"
                loading={sign.isPending}
                onClick={() => sign.mutate({ ...all, signing: 'accept' })}
                data-testid="accept-all"
              >
                {cases.length > 1 ? t('handover.acceptAll') : t('handover.accept')}
              </Button>
            </header>
            {note === null ? null : <p>{note}</p>}
            <ul className="handover-list">
              {cases.map((one) => (
                <li key={one.caseId} className="handover-row">
                  <div className="handover-case">
                    <b>{one.residentName ?? caseNumber(one, t)}</b>
                    <span>
                      {[t(`kind.${one.kind}`), t(`state.${one.state}`), one.place].filter(Boolean).join(' · ')}
                    </span>
                    <p className="handover-note">{one.note}</p>
                  </div>
                  {cases.length > 1 ? (
                    <Button
                      loading={sign.isPending}
                      onClick={() => sign.mutate({ handoverId, caseIds: [one.caseId], signing: 'accept' })}
                      data-testid="accept"
                    >
                      {t('handover.accept')}
                    </Button>
                  ) : null}
                  <Button onClick={() => setDeclining({ handoverId, caseIds: [one.caseId] })} data-testid="decline">
                    {t('handover.decline')}
                  </Button>
                </li>
              ))}
            </ul>
          </article>
        )
      })}
      {declining === null ? null : (
        <Decline
          busy={sign.isPending}
          onCancel={() => setDeclining(null)}
          onSubmit={(reason) => sign.mutate({ ...declining, signing: 'decline', reason })}
        />
      )}
    </>
  )
}

function Decline(props: { busy: boolean; onSubmit(reason: string): void; onCancel(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <Modal
      open
      width={480}
      title={t('handover.declineTitle')}
      okText={t('handover.decline')}
      confirmLoading={props.busy}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={props.onCancel}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ reason }) => props.onSubmit(reason.trim())}>
        <Form.Item
          name="reason"
          label={t('handover.declineReason')}
          rules={[{ required: true, whitespace: true, message: t('company.needText') }]}
        >
          <Input.TextArea autoFocus maxLength={200} autoSize={{ minRows: 2 }} data-testid="decline-reason" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
