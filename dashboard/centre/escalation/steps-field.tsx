import { useQuery } from '@tanstack/react-query'
import { Button, Form, InputNumber, Select } from 'antd'
import { NOTIFY_CHANNELS, type NotifyChannel } from '../../../server/contract/notify.ts'
import { escalationOptionsQuery } from '../../api/escalation-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { notReached, type StepFields, type TargetCode } from './targets.ts'
import { targetText } from './words.ts'

const MOST = 10
const FRESH: StepFields = { afterSeconds: null, targets: [], channels: [] }

/** The steps of a rule: after how long, who, and by which way. */
export function StepsField() {
  const { t } = useTexts()
  return (
    <Form.List name="steps">
      {(fields, { add, remove }) => (
        <fieldset className="steps-field">
          <legend>{t('escalation.editor.steps')}</legend>
          {fields.map(({ key, name }) => (
            <Step key={key} name={name} onRemove={fields.length > 1 ? () => remove(name) : null} />
          ))}
          <Button disabled={fields.length >= MOST} onClick={() => add(FRESH)} data-testid="step-add">
            {t('escalation.editor.addStep')}
          </Button>
        </fieldset>
      )}
    </Form.List>
  )
}

function Step({ name, onRemove }: { name: number; onRemove: (() => void) | null }) {
  const { t } = useTexts()
  const form = Form.useFormInstance()
  const n = name + 1
  const fieldOf = (step: number, field: keyof StepFields) => form.getFieldValue(['steps', step, field])
  const inOrder = (_: unknown, value: number | null) => {
    const before = (fieldOf(name - 1, 'afterSeconds') as number | null | undefined) ?? 0
    return value !== null && value < before
      ? Promise.reject(new Error(t('escalation.editor.order')))
      : Promise.resolve()
  }
  const reached = (_: unknown, channels: NotifyChannel[]) => {
    const missed = notReached((fieldOf(name, 'targets') as TargetCode[] | undefined) ?? [], channels ?? [])
    if (missed === null) return Promise.resolve()
    return Promise.reject(
      new Error(t('escalation.editor.notPossible', { target: targetText(missed, undefined, t, true) })),
    )
  }
  return (
    <fieldset className="step-field" aria-label={t('escalation.editor.step', { n })} data-testid="step">
      <span className="step-number figures">{n}</span>
      <Form.Item
        name={[name, 'afterSeconds']}
        label={t('escalation.editor.after')}
        dependencies={[['steps', name - 1, 'afterSeconds']]}
        rules={[{ required: true, message: t('escalation.editor.needNumber') }, { validator: inOrder }]}
      >
        <InputNumber min={0} max={604_800} precision={0} suffix={t('escalation.editor.seconds')} />
      </Form.Item>
      <Form.Item
        name={[name, 'targets']}
        label={t('escalation.editor.targets')}
        rules={[{ required: true, message: t('escalation.editor.needTargets') }]}
      >
        <Targets />
      </Form.Item>
      <Form.Item
        name={[name, 'channels']}
        label={t('escalation.editor.channels')}
        dependencies={[['steps', name, 'targets']]}
        rules={[{ required: true, message: t('escalation.editor.needChannels') }, { validator: reached }]}
      >
        <Channels />
      </Form.Item>
      {onRemove === null ? null : (
        <Button
          type="text"
          className="step-remove"
          aria-label={t('escalation.editor.removeStep', { n })}
          title={t('escalation.editor.removeStep', { n })}
          onClick={onRemove}
        >
          ✕
        </Button>
      )}
    </fieldset>
  )
}

interface Chosen<Value> {
  id?: string
  value?: Value[]
  onChange?(value: Value[]): void
}

function Targets(props: Chosen<TargetCode>) {
  const { t } = useTexts()
  const { data: options } = useQuery(escalationOptionsQuery)
  const entry = (value: TargetCode) => ({ value, label: targetText(value, options, t) })
  const groups = options?.groups ?? []
  return (
    <Select<TargetCode[]>
      {...props}
      mode="multiple"
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('escalation.editor.targetsHint')}
      options={[
        {
          label: t('escalation.target.roles'),
          options: ['on_duty', 'role:supervisor', 'role:admin', 'contacts'].map(entry),
        },
        {
          label: t('escalation.target.people'),
          options: (options?.users ?? []).map(({ userId }) => entry(`user:${userId}`)),
        },
        ...(groups.length === 0
          ? []
          : [
              { label: t('escalation.target.groups'), options: groups.map(({ groupId }) => entry(`group:${groupId}`)) },
            ]),
      ]}
    />
  )
}

/** Ways that are not set up can be chosen, and say so. */
function Channels(props: Chosen<NotifyChannel>) {
  const { t } = useTexts()
  const { data: options } = useQuery(escalationOptionsQuery)
  const isSet = (channel: NotifyChannel) => options?.channels.find((one) => one.channel === channel)?.set !== false
  return (
    <Select<NotifyChannel[]>
      {...props}
      mode="multiple"
      placeholder={t('escalation.editor.targetsHint')}
      options={NOTIFY_CHANNELS.map((value) => ({
        value,
        label: isSet(value) ? t(`channel.${value}`) : `${t(`channel.${value}`)} · ${t('escalation.reach.unset')}`,
      }))}
    />
  )
}
