import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import type { OutageResident } from '../../server/contract/watch.ts'
import { revealPhones } from '../api/watch-queries.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { useReturnFocus } from '../ui/return-focus.ts'

interface Props {
  outageId: number
  resident: OutageResident
}

/** Whom to ring, in order. Numbers are masked until they are asked for with a reason, which is noted. */
export function Phones({ outageId, resident }: Props) {
  const { t } = useTexts()
  const [asking, setAsking] = useState(false)
  const reveal = useMutation({
    mutationFn: (reason: string) => revealPhones(outageId, resident.residentId, reason),
    onSuccess: () => setAsking(false),
  })
  const shown = reveal.data?.contacts
  const contacts = shown ?? resident.contacts
  if (contacts.length === 0) return <div className="muted">{t('watch.outage.noPhones')}</div>
  return (
    <div className="watch-phones" data-testid="phones">
      <ol>
        {contacts.map(({ name, relation, phone }) => (
          <li key={`${relation} ${name} ${phone}`}>
            {relation} {name}{' '}
            {shown === undefined ? (
              <span className="figures">{phone}</span>
            ) : (
              <a className="figures" href={`tel:${phone.replace(/[^+\d]/g, '')}`}>
                {phone}
              </a>
            )}
          </li>
        ))}
      </ol>
      {shown === undefined ? (
        <Button
          size="small"
          type="link"
          data-testid="phones-reveal"
          aria-label={t('watch.outage.phonesOf', { name: resident.name })}
          onClick={(event) => {
            event.stopPropagation()
            setAsking(true)
          }}
        >
          {t('watch.outage.phones')}
        </Button>
      ) : null}
      {asking ? (
        <Ask
          name={resident.name}
          busy={reveal.isPending}
          failure={reveal.isError ? errorText(reveal.error, t) : undefined}
          onAsk={(reason) => reveal.mutate(reason)}
          onCancel={() => setAsking(false)}
        />
      ) : null}
    </div>
  )
}

interface AskProps {
  name: string
  busy: boolean
  failure: string | undefined
  onAsk(reason: string): void
  onCancel(): void
}

function Ask({ name, busy, failure, onAsk, onCancel }: AskProps) {
  const { t } = useTexts()
  useReturnFocus()
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <Modal
      open
      title={t('watch.outage.phonesOf', { name })}
      okText={t('watch.outage.phones')}
      okButtonProps={{ loading: busy }}
      onOk={form.submit}
      onCancel={onCancel}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ reason: t('watch.outage.phonesReason') }}
        onFinish={({ reason }) => onAsk(reason.trim())}
      >
        <Form.Item
          name="reason"
          label={t('watch.reason')}
          extra={t('watch.outage.phonesNoted')}
          rules={[{ required: true, whitespace: true, message: t('watch.suppression.needReason') }]}
        >
          <Input maxLength={200} autoFocus data-testid="phones-reason" />
        </Form.Item>
      </Form>
      {failure === undefined ? null : <p role="alert">{failure}</p>}
    </Modal>
  )
}
