import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, InputNumber, Switch } from 'antd'
import { CASE_CATEGORIES } from '../../../server/contract/case.ts'
import { type DeskSettings, type DeskSettingsView, deskContradictions } from '../../../server/contract/desk-settings.ts'
import { deskSettingsQuery, putDeskSettings } from '../../api/desk-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Values {
  settings: DeskSettings
  note?: string
}
type Path = (string | number)[]

/** The rules of distribution; what is wrong is said at its field. */
export function SettingsForm({ view }: { view: DeskSettingsView }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { notification } = App.useApp()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: ({ settings, note }: Values) =>
      putDeskSettings({ version: view.version, settings, ...(note?.trim() ? { note } : {}) }),
    onSuccess: (made) => {
      client.setQueryData(deskSettingsQuery.queryKey, made)
      notification.success({ title: t('distribution.saved') })
    },
    onSettled: () => client.invalidateQueries({ queryKey: deskSettingsQuery.queryKey }),
  })
  const finish = (values: Values) => {
    const wrong = deskContradictions(values.settings)
    if (wrong.length === 0) return save.mutate(values)
    for (const { field } of wrong) {
      form.setFields([{ name: ['settings', ...field.split('.')] as never, errors: [t('distribution.contradiction')] }])
    }
  }
  return (
    <Form
      form={form}
      layout="horizontal"
      colon={false}
      requiredMark={false}
      className="desk-settings"
      initialValues={{ settings: view.settings }}
      onFinish={finish}
      data-testid="desk-settings"
    >
      {save.error ? <Alert type="error" showIcon title={errorText(save.error, t)} /> : null}
      <div className="desk-groups">
        <fieldset>
          <Form.Item name={['settings', 'distribution', 'on']} label={t('distribution.on')} valuePropName="checked">
            <Switch data-testid="distribution-on" />
          </Form.Item>
          <Seconds path={['distribution', 'remindSeconds']} label={t('distribution.remindSeconds')} />
          <Seconds path={['distribution', 'passSeconds']} label={t('distribution.passSeconds')} />
          <Minutes path={['distribution', 'followMinutes']} label={t('distribution.followMinutes')} />
        </fieldset>
        <fieldset>
          <legend>{t('distribution.relax')}</legend>
          {(['relaxSkillSeconds', 'relaxDialectSeconds', 'relaxAreaSeconds'] as const).map((key) => (
            <Seconds key={key} path={['distribution', key]} label={t(`distribution.${key}`)} />
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('distribution.again')}</legend>
          {CASE_CATEGORIES.map((key) => (
            <Seconds key={key} path={['distribution', 'againSeconds', key]} label={t(`category.${key}`)} />
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('distribution.ageing')}</legend>
          {CASE_CATEGORIES.map((key) => (
            <div className="desk-pair" key={key}>
              <span>{t(`category.${key}`)}</span>
              <Seconds path={['ageing', key, 'amberSeconds']} label={t('distribution.amberSeconds')} />
              <Seconds path={['ageing', key, 'redSeconds']} label={t('distribution.redSeconds')} />
            </div>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('distribution.awayTitle')}</legend>
          <Seconds path={['away', 'awaySeconds']} label={t('distribution.awaySeconds')} />
          <Minutes path={['away', 'offMinutes']} label={t('distribution.offMinutes')} />
        </fieldset>
      </div>
      <div className="desk-save">
        <Form.Item name="note" label={t('distribution.note')}>
          <Input maxLength={200} data-testid="settings-note" />
        </Form.Item>
        <Button onClick={() => form.setFieldsValue({ settings: view.defaults })}>{t('distribution.defaults')}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending} data-testid="settings-save">
          {t('distribution.save')}
        </Button>
      </div>
    </Form>
  )
}

interface FigureProps {
  path: Path
  label: string
}

const Seconds = (props: FigureProps) => <Figure {...props} unit="seconds" />
const Minutes = (props: FigureProps) => <Figure {...props} unit="minutes" />

function Figure({ path, label, unit }: FigureProps & { unit: 'seconds' | 'minutes' }) {
  const { t } = useTexts()
  return (
    <Form.Item
      name={['settings', ...path] as never}
      label={label}
      rules={[{ required: true, type: 'integer', message: t('refused.invalid_request') }]}
    >
      <InputNumber min={0} precision={0} suffix={t(`distribution.${unit}`)} />
    </Form.Item>
  )
}
