import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Select } from 'antd'
import { REVIEW_CAUSES, type ReviewCause, type ReviewView } from '../../../server/contract/levels.ts'
import { hasCode } from '../../api/client.ts'
import { REVIEWS_KEY, reviewHistoryQuery, writeReview } from '../../api/levels-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { durationText, shortId, timeText } from '../../ui/formats.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { serverNow } from '../../ui/server-clock.ts'

interface Fields {
  finding?: string
  cause?: ReviewCause
  action?: string
}

/** What was found about one late answer; closing needs all three fields, saving none. */
export function ReviewDialog({ of, onClose }: { of: ReviewView; onClose(): void }) {
  const { t, language } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const isOpen = of.state === 'open'
  const write = useMutation({
    mutationFn: (close: boolean) => {
      const { finding, cause, action } = form.getFieldsValue()
      return writeReview(of.reviewId, {
        ...{ version: of.version, close, cause: cause ?? null },
        ...{ finding: finding?.trim() || null, action: action?.trim() || null },
      })
    },
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: REVIEWS_KEY }),
        client.invalidateQueries({ queryKey: ['levels'] }),
      ])
      onClose()
    },
  })
  const save = async (close: boolean) => {
    if (close && !(await isWhole(() => form.validateFields()))) return
    write.mutate(close)
  }
  const required = [{ required: true, whitespace: true, message: t('review.need') }]
  return (
    <Modal
      open
      width={680}
      title={t('review.title', { id: shortId(of.caseId) })}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        isOpen ? (
          <>
            <Button onClick={() => void save(false)} loading={write.isPending} data-testid="review-save">
              {t('review.save')}
            </Button>
            <Button type="primary" onClick={() => void save(true)} loading={write.isPending} data-testid="review-close">
              {t('review.close')}
            </Button>
          </>
        ) : null
      }
    >
      <p className="dialog-lead">
        {t(`kind.${of.kind}`)} · {of.place ?? '—'} · {t(`review.reasons.${of.reason}`)} ·{' '}
        <b className="figures">
          {of.answerSeconds === null ? t('review.unanswered') : durationText(of.answerSeconds, language)}
        </b>
        {of.answeredBy === null ? null : ` · ${t('review.answeredBy', { name: of.answeredBy })}`}
      </p>
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!isOpen}
        initialValues={{ finding: of.finding ?? '', cause: of.cause ?? undefined, action: of.action ?? '' }}
      >
        <Form.Item name="finding" label={t('review.finding')} rules={required}>
          <Input.TextArea
            autoSize={{ minRows: 3, maxRows: 8 }}
            maxLength={2000}
            placeholder={t('review.findingHint')}
          />
        </Form.Item>
        <Form.Item name="cause" label={t('review.cause')} rules={[{ required: true, message: t('review.need') }]}>
          <Select options={REVIEW_CAUSES.map((value) => ({ value, label: t(`review.causes.${value}`) }))} />
        </Form.Item>
        <Form.Item name="action" label={t('review.action')} rules={required}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} placeholder={t('review.actionHint')} />
        </Form.Item>
      </Form>
      {write.error ? (
        <Alert
          className="form-alert"
          type="error"
          showIcon
          title={hasCode(write.error, 'stale_version', 'wrong_state') ? t('review.stale') : errorText(write.error, t)}
        />
      ) : null}
      <History reviewId={of.reviewId} />
    </Modal>
  )
}

async function isWhole(validate: () => Promise<unknown>): Promise<boolean> {
  return validate().then(
    () => true,
    () => false,
  )
}

function History({ reviewId }: { reviewId: string }) {
  const { t, language } = useTexts()
  const { data } = useQuery(reviewHistoryQuery(reviewId))
  return (
    <section className="review-history">
      <h4>{t('review.history')}</h4>
      <ol>
        {(data?.items ?? []).map(({ at, by, version, state }) => (
          <li key={version}>
            <span className="figures muted">{timeText(at, serverNow(), language)}</span>{' '}
            {by === null
              ? t('review.created')
              : t(state === 'closed' ? 'review.closedBy' : 'review.wrote', { name: by })}
          </li>
        ))}
      </ol>
    </section>
  )
}
