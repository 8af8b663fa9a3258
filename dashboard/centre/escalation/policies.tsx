import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import type { PolicyView } from '../../../server/contract/escalation.ts'
import { escalationOptionsQuery, POLICIES_KEY, policiesQuery, withdrawPolicy } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { PolicyCard } from './policy-card.tsx'
import { PolicyEditor } from './policy-editor.tsx'
import { PolicyHistory } from './policy-history.tsx'
import { scopeText } from './words.ts'

type Dialog = { kind: 'edit' | 'new' | 'history' | 'withdraw'; of: PolicyView } | null

/** The rules in force, by category and area. */
export function Policies() {
  const { t } = useTexts()
  const query = useQuery(policiesQuery)
  const { data: options } = useQuery(escalationOptionsQuery)
  const [dialog, setDialog] = useState<Dialog>(null)
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={8} />
  const { items } = query.data
  const [first] = items
  return (
    <>
      <div className="office-tools">
        <p className="office-lead">{t('escalation.policies.lead')}</p>
        <span className="office-space" />
        <Button
          type="primary"
          disabled={first === undefined}
          onClick={() => first && setDialog({ kind: 'new', of: first })}
          data-testid="policy-add"
        >
          {t('escalation.policies.add')}
        </Button>
      </div>
      {items.map((policy) => (
        <PolicyCard
          key={policy.version}
          policy={policy}
          options={options}
          onOpen={(kind) => setDialog({ kind, of: policy })}
        />
      ))}
      {dialog?.kind === 'edit' || dialog?.kind === 'new' ? (
        <PolicyEditor of={dialog.of} isNew={dialog.kind === 'new'} others={items} onClose={() => setDialog(null)} />
      ) : null}
      {dialog?.kind === 'history' ? (
        <PolicyHistory of={dialog.of} options={options} onClose={() => setDialog(null)} />
      ) : null}
      {dialog?.kind === 'withdraw' ? <Withdraw of={dialog.of} onClose={() => setDialog(null)} /> : null}
    </>
  )
}

function Withdraw({ of, onClose }: { of: PolicyView; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [asked, setAsked] = useState(false)
  const withdraw = useMutation({
    mutationFn: () => {
      const { category, kind, divisionCode, version } = of
      return withdrawPolicy({ category, kind, divisionCode, note, basedOn: version })
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: POLICIES_KEY }),
  })
  const isMissing = asked && note.trim() === ''
  return (
    <Modal
      open
      width={520}
      title={t('escalation.policies.withdrawTitle')}
      okText={t('escalation.policies.withdraw')}
      okButtonProps={{ danger: true, 'data-testid': 'policy-withdraw-confirm' }}
      mask={{ closable: false }}
      confirmLoading={withdraw.isPending}
      onOk={() => (note.trim() === '' ? setAsked(true) : withdraw.mutate())}
      onCancel={onClose}
    >
      <p>
        <b>{scopeText(of, t)}</b>
      </p>
      <p className="dialog-lead">{t('escalation.policies.withdrawText')}</p>
      <Input
        autoFocus
        maxLength={500}
        aria-label={t('escalation.editor.note')}
        placeholder={t('escalation.editor.note')}
        status={isMissing ? 'error' : ''}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        data-testid="policy-withdraw-note"
      />
      {isMissing ? <p className="field-error">{t('escalation.editor.needNote')}</p> : null}
      {withdraw.error ? (
        <Alert className="form-alert" type="error" showIcon title={errorText(withdraw.error, t)} />
      ) : null}
    </Modal>
  )
}
