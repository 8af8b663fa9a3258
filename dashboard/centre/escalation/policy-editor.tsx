import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, InputNumber, Modal, Select } from 'antd'
import { ALERT_KINDS, type AlertKind, CASE_CATEGORIES, type CaseCategory } from '../../../server/contract/case.ts'
import type { PolicyBody, PolicyView } from '../../../server/contract/escalation.ts'
import { ApiError, hasCode } from '../../api/client.ts'
import { escalationOptionsQuery, POLICIES_KEY, publishPolicy } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { SimulationPanel } from './simulation.tsx'
import { StepsField } from './steps-field.tsx'
import { fieldsOf, type PolicyFields, policyOf } from './targets.ts'
import { scopeText } from './words.ts'

interface Fields extends PolicyFields {
  category: CaseCategory
  kind: AlertKind | null
  divisionCode: string | null
  note: string
}

interface Props {
  of: PolicyView
  /** A rule of its own for a kind or an area, begun with the steps of another one. */
  isNew: boolean
  others: readonly PolicyView[]
  onClose(): void
}

/** Changes a rule and shows what it would do, before it is published. */
export function PolicyEditor({ of, isNew, others, onClose }: Props) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<Fields>()
  const values = Form.useWatch([], form) as Fields | undefined
  const policy = policyOf(values)
  const publish = useMutation({
    mutationFn: (body: PolicyBody) => publishPolicy(body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: POLICIES_KEY })
      onClose()
    },
  })
  const submit = ({ category, kind, divisionCode, note }: Fields) => {
    const whole = policyOf(form.getFieldsValue(true))
    if (whole === null) return
    const scope = isNew ? { category, kind, divisionCode } : of
    const body = { category: scope.category, kind: scope.kind, divisionCode: scope.divisionCode }
    publish.mutate({ ...body, policy: whole, note: note.trim(), basedOn: isNew ? null : of.version })
  }
  return (
    <Modal
      open
      width={1180}
      style={{ top: 24 }}
      title={isNew ? t('escalation.policies.add') : `${t('escalation.editor.title')} · ${scopeText(of, t)}`}
      okText={t('escalation.editor.publish')}
      okButtonProps={{ 'data-testid': 'policy-publish' }}
      mask={{ closable: false }}
      confirmLoading={publish.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <div className="policy-editor">
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{
            ...(of.policy === null ? {} : fieldsOf(of.policy)),
            ...{ category: of.category, kind: of.kind, divisionCode: of.divisionCode, note: '' },
          }}
          onFinish={submit}
        >
          {isNew ? <ScopeFields others={others} /> : null}
          <StepsField />
          <div className="policy-numbers">
            <Minutes name="repeatAfter" min={0.5} max={1_440} />
            <Form.Item
              name="rounds"
              label={t('escalation.editor.rounds')}
              rules={[{ required: true, message: t('escalation.editor.needNumber') }]}
            >
              <InputNumber min={1} max={20} precision={0} />
            </Form.Item>
            <Minutes name="ackFor" min={1} max={10_080} />
            <Minutes name="sentFor" min={5} max={10_080} />
          </div>
          <Form.Item
            name="note"
            label={t('escalation.editor.note')}
            rules={[{ required: true, whitespace: true, message: t('escalation.editor.needNote') }]}
          >
            <Input
              maxLength={500}
              autoComplete="off"
              placeholder={t('escalation.editor.noteHint')}
              data-testid="policy-note"
            />
          </Form.Item>
          {/* Enter submits: the dialog's own button lies outside the form. */}
          <input type="submit" hidden />
          {publish.error ? <Refused error={publish.error} isNew={isNew} /> : null}
        </Form>
        <SimulationPanel policy={policy} />
      </div>
    </Modal>
  )
}

function Minutes({ name, min, max }: { name: 'repeatAfter' | 'ackFor' | 'sentFor'; min: number; max: number }) {
  const { t } = useTexts()
  return (
    <Form.Item
      name={name}
      label={t(`escalation.editor.${name}`)}
      rules={[{ required: true, message: t('escalation.editor.needNumber') }]}
    >
      <InputNumber min={min} max={max} suffix={t('escalation.editor.minutes')} />
    </Form.Item>
  )
}

/** A narrower place for a rule of its own; one that has a rule can not be chosen again. */
function ScopeFields({ others }: { others: readonly PolicyView[] }) {
  const { t } = useTexts()
  const { data: options } = useQuery(escalationOptionsQuery)
  const form = Form.useFormInstance<Fields>()
  const isTaken = () => {
    const { category, kind, divisionCode } = form.getFieldsValue(['category', 'kind', 'divisionCode'])
    return others.some(
      (one) => one.category === category && one.kind === (kind ?? null) && one.divisionCode === (divisionCode ?? null),
    )
  }
  return (
    <div className="policy-scope">
      <Form.Item name="category" label={t('escalation.editor.category')}>
        <Select
          options={CASE_CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))}
          onChange={() => form.setFieldValue('kind', null)}
        />
      </Form.Item>
      <Form.Item name="kind" label={t('escalation.editor.kind')}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('escalation.policies.allKinds')}
          options={ALERT_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
      </Form.Item>
      <Form.Item
        name="divisionCode"
        label={t('escalation.editor.area')}
        dependencies={['category', 'kind']}
        rules={[
          {
            validator: () => (isTaken() ? Promise.reject(new Error(t('escalation.editor.exists'))) : Promise.resolve()),
          },
        ]}
      >
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('escalation.policies.everywhere')}
          options={(options?.areas ?? [])
            .filter(({ level }) => level !== 'city')
            .map(({ code, name }) => ({ value: code, label: name }))}
          data-testid="policy-area"
        />
      </Form.Item>
    </div>
  )
}

function Refused({ error, isNew }: { error: unknown; isNew: boolean }) {
  const { t } = useTexts()
  if (hasCode(error, 'stale_version')) {
    return <Alert type="error" showIcon title={t(isNew ? 'escalation.editor.exists' : 'escalation.editor.stale')} />
  }
  const fields = error instanceof ApiError ? (error.problem?.errors ?? []) : []
  return (
    <Alert
      type="error"
      showIcon
      title={errorText(error, t)}
      description={fields.map(({ field, message }) => `${field}: ${message}`).join('; ') || undefined}
    />
  )
}
