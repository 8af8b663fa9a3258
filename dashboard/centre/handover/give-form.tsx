import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Select } from 'antd'
import type { CaseSummary } from '../../../server/contract/case.ts'
import type { HandoverView } from '../../../server/contract/handover.ts'
import { openCasesQuery } from '../../api/queries.ts'
import { colleaguesQuery, HANDOVERS_KEY, offerCases, signCases } from '../../api/shift-queries.ts'
import { caseNumber, errorText, whereText, whoText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { EmptyState } from '../../ui/states.tsx'

interface Values {
  note?: string
  cases: Record<string, { to?: string; note?: string }>
}
const QUEUE = 'queue'

/** The own open cases: to whom, and a word on each. What is offered already can be taken back. */
export function GiveForm(props: { mine: readonly CaseSummary[]; given: readonly HandoverView[]; me: string }) {
  const { t } = useTexts()
  const { notification } = App.useApp()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const { data: colleagues = [] } = useQuery(colleaguesQuery)
  const refetch = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: HANDOVERS_KEY }),
      client.invalidateQueries({ queryKey: openCasesQuery.queryKey }),
    ])
  const toGive = props.mine.filter(({ handover }) => handover === null)
  const offer = useMutation({
    mutationFn: ({ note, cases }: Values) =>
      offerCases({
        ...(note?.trim() ? { note: note.trim() } : {}),
        cases: toGive.map(({ caseId }) => {
          const { to = QUEUE, note: words = '' } = cases[caseId] ?? {}
          return { caseId, to: to === QUEUE ? null : to, note: words.trim() }
        }),
      }),
    onSuccess: () => {
      form.resetFields()
      notification.success({ title: t('handover.submitted') })
    },
    onSettled: refetch,
  })
  const options = [
    { value: QUEUE, label: t('handover.queue') },
    ...colleagues
      .filter(({ userId }) => userId !== props.me)
      .map(({ userId, displayName, status, away }) => ({
        value: userId,
        label: `${displayName} · ${t(`wall.status.${away ? 'away' : status}`)}`,
      })),
  ]
  return (
    <>
      <h2 className="handover-title">{t('handover.mine')}</h2>
      <Given given={props.given} onDone={refetch} />
      {toGive.length === 0 ? (
        props.given.length === 0 ? (
          <EmptyState calm title={t('handover.none')} />
        ) : null
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => offer.mutate(values)}>
          {offer.error ? (
            <Alert type="error" showIcon title={t('refused.title')} description={errorText(offer.error, t)} />
          ) : null}
          <ul className="handover-list">
            {toGive.map((item) => (
              <li key={item.caseId} data-testid="give-case">
                <CaseWords item={item} />
                <Form.Item
                  name={['cases', item.caseId, 'to']}
                  label={t('handover.to')}
                  rules={[{ required: true, message: t('handover.needTo') }]}
                >
                  <Select
                    showSearch={{ optionFilterProp: 'label' }}
                    placeholder={t('handover.toHint')}
                    options={options}
                  />
                </Form.Item>
                <Form.Item
                  name={['cases', item.caseId, 'note']}
                  label={t('handover.note')}
                  rules={[{ required: true, whitespace: true, message: t('handover.needNote') }]}
                >
                  <Input.TextArea
                    autoSize={{ minRows: 1, maxRows: 4 }}
                    maxLength={1000}
                    placeholder={t('handover.noteHint')}
                    data-testid="give-note"
                  />
                </Form.Item>
              </li>
            ))}
          </ul>
          <Form.Item name="note" label={t('handover.noteAll')}>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={1000} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={offer.isPending} data-testid="give-submit">
            {t('handover.submit', { n: toGive.length })}
          </Button>
        </Form>
      )}
    </>
  )
}

function CaseWords({ item }: { item: CaseSummary }) {
  const { t } = useTexts()
  return (
    <div className="handover-case">
      <b>{whoText(item, t)}</b>
      <span>
        {t(`kind.${item.kind}`)} · {t(`state.${item.state}`)} · {caseNumber(item, t)}
      </span>
      <span className="muted">{whereText(item)}</span>
    </div>
  )
}

/** What was offered and is not signed: it is still mine. */
function Given({ given, onDone }: { given: readonly HandoverView[]; onDone(): Promise<unknown> }) {
  const { t } = useTexts()
  const withdraw = useMutation({
    mutationFn: ({ handoverId, caseId }: { handoverId: string; caseId: string }) =>
      signCases(handoverId, 'withdraw', [caseId]),
    onSettled: onDone,
  })
  return (
    <ul className="handover-list" data-testid="given">
      {withdraw.error ? (
        <Alert type="error" showIcon title={t('refused.title')} description={errorText(withdraw.error, t)} />
      ) : null}
      {given.flatMap(({ handoverId, cases }) =>
        cases.map((one) => (
          <li key={`${handoverId} ${one.caseId}`} className="handover-row">
            <div className="handover-case">
              <b>{one.residentName ?? caseNumber(one, t)}</b>
              <span>{t('handover.offered', { name: one.to?.displayName ?? t('log.toQueue') })}</span>
              <span className="muted">{one.note}</span>
            </div>
            <Button
              size="small"
              loading={withdraw.isPending}
              onClick={() => withdraw.mutate({ handoverId, caseId: one.caseId })}
            >
              {t('handover.withdraw')}
            </Button>
          </li>
        )),
      )}
    </ul>
  )
}
