import { Alert, Button, Form, Input, type InputRef, Modal, Radio, Segmented } from 'antd'
import { useEffect, useRef } from 'react'
import type { CaseDetail, CaseSummary, Outcome } from '../../server/contract/case.ts'
import type { ContactMark } from '../../server/contract/protocol.ts'
import { answerOf } from '../../server/contract/protocol-run.ts'
import { useTexts } from '../i18n/i18n.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { useSubmitKey } from '../ui/keys.ts'
import { useReturnFocus } from '../ui/return-focus.ts'
import { type DeskAction, isReached } from './permitted.ts'
import { caseNumber, whoText } from './words.ts'

/** What the dialog is about and what it starts with. */
export interface DialogRequest {
  action: Exclude<DeskAction, 'claim' | 'resume'>
  outcome?: Outcome
  text?: string
  to?: string
  reason?: string
  contact?: ContactMark
  /** The answer of the protocol that leads here. */
  step?: StepRef
}
export interface StepRef {
  stepId: string
  answer: number
}
export interface DialogValues {
  contact?: ContactMark
  text?: string
  to?: string
  seconds?: number
  outcome?: Outcome
  reason?: string
}

interface Props {
  request: DialogRequest
  item: CaseSummary
  detail: CaseDetail | undefined
  /** Why the last try was refused. */
  refusal: string | undefined
  /** It was refused for want of a second person. */
  needsSecond: boolean
  busy: boolean
  onSubmit(values: DialogValues): void
  /** Asks the others to be that person; what is written is kept. */
  onAsk(values: DialogValues): void
  onCancel(): void
}

/** Asks once, with the reason, and names the case it is about: the queue may have moved meanwhile. */
export function CaseDialog({ request, item, detail, refusal, needsSecond, busy, onSubmit, onAsk, onCancel }: Props) {
  const { t } = useTexts()
  useReturnFocus()
  const [form] = Form.useForm<DialogValues>()
  const { action } = request
  useSubmitKey(form.submit, busy)
  const dangerous = action === 'takeover' || action === 'dispatch'
  return (
    <Modal
      open
      destroyOnHidden
      width={action === 'resolve' || action === 'dispatch' ? 560 : 480}
      title={
        <>
          {t(`dialog.${action}.title`)}
          <span className="dialog-case">
            {whoText(item, t)} · {t(`kind.${item.kind}`)} · {caseNumber(item, t)}
          </span>
        </>
      }
      onCancel={onCancel}
      mask={{ closable: false }}
      footer={
        <div className="dialog-foot">
          <span className="muted">{t('dialog.submitKey')}</span>
          <Button onClick={onCancel}>{t('common.cancel')}</Button>
          <Button type="primary" danger={dangerous} loading={busy} data-testid="dialog-submit" onClick={form.submit}>
            {t(`dialog.${action}.submit`)}
          </Button>
        </div>
      }
    >
      {refusal ? (
        <Alert
          className="dialog-refusal"
          type="warning"
          showIcon
          title={t('refused.title')}
          description={refusal}
          action={
            needsSecond ? (
              <Button
                size="small"
                type="primary"
                loading={busy}
                onClick={() => onAsk(trimmed(form.getFieldsValue()))}
                data-testid="ask-second"
              >
                {t('second.ask')}
              </Button>
            ) : null
          }
        />
      ) : null}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          seconds: 120,
          outcome: request.outcome,
          text: request.text,
          to: request.to,
          reason: request.reason,
          contact: request.contact,
        }}
        onFinish={(values) => onSubmit(trimmed(values))}
        data-testid="case-dialog"
      >
        <Fields
          request={request}
          item={item}
          detail={detail}
          setTo={(to) => form.setFieldValue('to', to)}
          setReason={(reason) => {
            form.setFieldValue('reason', reason)
            void form.validateFields(['reason'])
          }}
        />
      </Form>
    </Modal>
  )
}

function Fields(props: {
  request: DialogRequest
  item: CaseSummary
  detail: CaseDetail | undefined
  setTo(to: string): void
  setReason(reason: string): void
}) {
  const { t } = useTexts()
  const { request, item, detail } = props
  switch (request.action) {
    case 'note':
      return (
        <>
          <Text name="text" label={t('dialog.note.text')} required={t('dialog.needText')} focus />
          {item.category === 'fault' ? null : <ContactField none />}
        </>
      )
    case 'second':
      return (
        <>
          <p className="dialog-lead">{t('dialog.second.lead', { name: item.owner?.displayName ?? '' })}</p>
          <Text name="reason" label={t('dialog.second.reason')} required={t('dialog.needReason')} focus />
        </>
      )
    case 'takeover':
      return <TakeoverFields name={item.owner?.displayName ?? ''} setReason={props.setReason} />
    case 'arrive':
      return <Text name="text" label={`${t('dialog.arrive.text')} (${t('common.optional')})`} focus />
    case 'close':
      return (
        <>
          <p className="dialog-lead">{t('dialog.close.lead')}</p>
          <Text name="text" label={`${t('dialog.close.text')} (${t('common.optional')})`} focus />
        </>
      )
    case 'reopen':
      return (
        <>
          <p className="dialog-lead">{t('dialog.reopen.lead')}</p>
          <Text name="reason" label={t('dialog.reopen.reason')} required={t('dialog.needReason')} focus />
        </>
      )
    case 'hold':
      return <HoldFields />
    case 'resolve':
      return <ResolveFields preset={request.outcome !== undefined} asksContact={asksContact(item, detail, request)} />
    case 'dispatch':
      return <DispatchFields detail={detail} setTo={props.setTo} />
  }
}

const TAKEOVER_REASONS = ['silent', 'away', 'handover', 'call'] as const

/** One press is enough for the usual reasons; time matters here. */
function TakeoverFields({ name, setReason }: { name: string; setReason(reason: string): void }) {
  const { t } = useTexts()
  return (
    <>
      <p className="dialog-lead">{t('dialog.takeover.lead', { name })}</p>
      <div className="dialog-picks dialog-reasons">
        {TAKEOVER_REASONS.map((pick, index) => (
          <Button
            key={pick}
            size="small"
            autoFocus={index === 0}
            data-testid={`takeover-${pick}`}
            onClick={() => setReason(t(`offer.takeover.picks.${pick}`))}
          >
            {t(`offer.takeover.picks.${pick}`)}
          </Button>
        ))}
      </div>
      <Text name="reason" label={t('offer.takeover.reason')} required={t('dialog.needReason')} />
    </>
  )
}

function HoldFields() {
  const { t } = useTexts()
  return (
    <>
      <p className="dialog-lead">{t('dialog.hold.lead')}</p>
      <Form.Item name="seconds" label={t('dialog.hold.seconds')}>
        <Segmented options={[30, 60, 120].map((value) => ({ value, label: `${value} s` }))} />
      </Form.Item>
      <Text name="reason" label={`${t('dialog.hold.reason')} (${t('common.optional')})`} focus />
    </>
  )
}

/** Whether it has to be said now if she was reached: neither the protocol nor a visit has told. */
function asksContact(item: CaseSummary, detail: CaseDetail | undefined, { step }: DialogRequest): boolean {
  if (item.category === 'fault' || !detail || isReached(detail.protocol)) return false
  const answer = step && answerOf(detail.protocol.steps, { stepId: step.stepId, key: step.answer })
  return answer?.contact !== 'made'
}

/** @param none whether nothing can be said of it */
function ContactField({ none = false }: { none?: boolean }) {
  const { t } = useTexts()
  return (
    <Form.Item
      name="contact"
      label={`${t('dialog.contact.label')}${none ? ` (${t('common.optional')})` : ''}`}
      rules={none ? [] : [{ required: true, message: t('dialog.contact.need') }]}
    >
      <Radio.Group optionType="button" data-testid="dialog-contact">
        <Radio.Button value="made">{t('dialog.contact.made')}</Radio.Button>
        <Radio.Button value="none">{t('dialog.contact.none')}</Radio.Button>
      </Radio.Group>
    </Form.Item>
  )
}

function ResolveFields({ preset, asksContact }: { preset: boolean; asksContact: boolean }) {
  const { t } = useTexts()
  const outcomes = Object.keys(zhCN.outcome) as Outcome[]
  return (
    <>
      <Form.Item
        name="outcome"
        label={t('dialog.resolve.outcome')}
        rules={[{ required: true, message: t('dialog.resolve.needOutcome') }]}
      >
        <Radio.Group className="dialog-outcomes" optionType="button" data-testid="resolve-outcome">
          {outcomes.map((value, index) => (
            <Radio.Button key={value} value={value} autoFocus={!preset && index === 0}>
              {t(`outcome.${value}`)}
            </Radio.Button>
          ))}
        </Radio.Group>
      </Form.Item>
      {asksContact ? <ContactField /> : null}
      <Text
        name="reason"
        label={t('dialog.resolve.reason')}
        hint={t('dialog.resolve.reasonHint')}
        required={t('dialog.resolve.needReason')}
        focus={preset}
      />
    </>
  )
}

/** Who can be sent: what the file knows (contacts in order) and the country's ambulance number. */
function DispatchFields({ detail, setTo }: { detail: CaseDetail | undefined; setTo(to: string): void }) {
  const { t } = useTexts()
  const input = useFocus(true)
  const contacts = detail?.resident?.contacts.map((contact) => `${contact.relation} ${contact.name}`) ?? []
  return (
    <>
      <p className="dialog-lead">{t('dialog.dispatch.lead')}</p>
      <Form.Item label={t('dialog.dispatch.to')}>
        <Form.Item name="to" noStyle rules={[{ required: true, whitespace: true, message: t('dialog.needText') }]}>
          <Input ref={input} placeholder={t('dialog.dispatch.toHint')} maxLength={200} data-testid="dispatch-to" />
        </Form.Item>
        <div className="dialog-picks">
          {['120', ...contacts.slice(0, 4)].map((who) => (
            <Button key={who} size="small" onClick={() => setTo(who)}>
              {who}
            </Button>
          ))}
        </div>
      </Form.Item>
      <Text
        name="text"
        label={`${t('dialog.dispatch.text')} (${t('common.optional')})`}
        hint={t('dialog.dispatch.textHint')}
      />
    </>
  )
}

function useFocus(wanted: boolean) {
  const input = useRef<InputRef>(null)
  useEffect(() => {
    // After the dialog's own focus handling.
    if (!wanted) return
    const timer = setTimeout(() => input.current?.focus(), 60)
    return () => clearTimeout(timer)
  }, [wanted])
  return input
}

function Text(props: { name: 'text' | 'reason'; label: string; hint?: string; required?: string; focus?: boolean }) {
  const { name, label, hint, required, focus } = props
  return (
    <Form.Item
      name={name}
      label={label}
      rules={required ? [{ required: true, whitespace: true, message: required }] : []}
    >
      <Input.TextArea
        autoFocus={focus ?? false}
        maxLength={2000}
        autoSize={{ minRows: 3, maxRows: 6 }}
        placeholder={hint}
        data-testid={`dialog-${name}`}
      />
    </Form.Item>
  )
}

/** Without empty fields: the contract wants an optional text absent rather than empty. */
function trimmed(values: DialogValues): DialogValues {
  return Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
}
