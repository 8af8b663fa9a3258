import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { CASE_CATEGORIES } from '../../../server/contract/case.ts'
import type { PatternView, ShiftPattern, ShiftRequirement } from '../../../server/contract/roster.ts'
import { ApiError } from '../../api/client.ts'
import { rosterQuery, savePattern } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'

/** Which shifts there are and how many people they need. */
export function Patterns({ patterns, monday }: { patterns: readonly PatternView[]; monday: string }) {
  const { t } = useTexts()
  const [editing, setEditing] = useState<PatternView | 'new' | null>(null)
  const words = ({ skill, area, heads }: ShiftRequirement) =>
    `${skill === null ? t('roster.anySkill') : t(`category.${skill}`)} · ${area ?? t('roster.anyArea')} · ${heads} ${t('roster.heads')}`
  return (
    <section className="roster-part">
      <div className="office-tools">
        <h2 className="roster-week">{t('roster.patterns')}</h2>
        <Button size="small" onClick={() => setEditing('new')} data-testid="pattern-add">
          {t('roster.addPattern')}
        </Button>
      </div>
      <ul className="roster-patterns">
        {patterns.map((one) => (
          <li key={one.patternId} data-retired={!one.active || undefined}>
            <b>{one.name}</b>{' '}
            <span className="figures">
              {one.start} – {one.end <= one.start ? t('roster.nextDay') : ''} {one.end}
            </span>{' '}
            <span className="muted">{one.active ? one.required.map(words).join('；') : t('roster.retired')}</span>{' '}
            <Button size="small" onClick={() => setEditing(one)}>
              {t('roster.editPattern')}
            </Button>
          </li>
        ))}
      </ul>
      {editing === null ? null : (
        <PatternDialog of={editing === 'new' ? null : editing} monday={monday} onClose={() => setEditing(null)} />
      )}
    </section>
  )
}

const OK = { htmlType: 'button' as const, 'data-testid': 'pattern-save' }

interface Values extends Omit<ShiftPattern, 'required'> {
  required?: { skill?: ShiftRequirement['skill']; area?: string | null; heads: number }[]
}

function PatternDialog({ of, monday, onClose }: { of: PatternView | null; monday: string; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: ({ required = [], ...pattern }: Values) =>
      savePattern(
        {
          ...pattern,
          active: pattern.active ?? true,
          required: required.map(({ skill, area, heads }) => ({
            skill: skill ?? null,
            area: area?.trim() || null,
            heads,
          })),
        },
        of,
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: rosterQuery(monday).queryKey })
      onClose()
    },
  })
  const clock = [{ required: true, pattern: /^([01]\d|2[0-3]):[0-5]\d$/, message: t('roster.clock') }]
  const why = save.error instanceof ApiError ? save.error.problem?.errors?.map(({ message }) => message).join('; ') : ''
  return (
    <Modal
      open
      width={640}
      title={of === null ? t('roster.addPattern') : t('roster.editPattern')}
      okText={t('roster.save')}
      okButtonProps={OK}
      confirmLoading={save.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {save.error ? (
        <Alert type="error" showIcon title={errorText(save.error, t)} description={why} className="dialog-refusal" />
      ) : null}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={of ?? { active: true, required: [{ skill: null, area: null, heads: 1 }] }}
        onFinish={(values) => save.mutate(values)}
      >
        <div className="roster-line">
          <Form.Item
            name="name"
            label={t('roster.name')}
            rules={[{ required: true, whitespace: true, message: t('company.needText') }]}
          >
            <Input maxLength={30} autoFocus data-testid="pattern-name" />
          </Form.Item>
          <Form.Item name="start" label={t('roster.start')} rules={clock}>
            <Input placeholder="08:00" maxLength={5} data-testid="pattern-start" />
          </Form.Item>
          <Form.Item name="end" label={t('roster.end')} rules={clock} extra={t('roster.endHint')}>
            <Input placeholder="20:00" maxLength={5} data-testid="pattern-end" />
          </Form.Item>
        </div>
        <p>{t('roster.required')}</p>
        <Form.List name="required">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <div className="roster-line" key={key}>
                  <Form.Item name={[name, 'skill']}>
                    <Select
                      allowClear
                      aria-label={t('roster.skill')}
                      placeholder={t('roster.anySkill')}
                      options={CASE_CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))}
                    />
                  </Form.Item>
                  <Form.Item name={[name, 'area']}>
                    <Input placeholder={`${t('roster.anyArea')} · ${t('roster.areaHint')}`} maxLength={12} />
                  </Form.Item>
                  <Form.Item name={[name, 'heads']} rules={[{ required: true, message: t('company.needText') }]}>
                    <InputNumber
                      min={1}
                      max={50}
                      precision={0}
                      aria-label={t('roster.headcount')}
                      suffix={t('roster.heads')}
                    />
                  </Form.Item>
                  <Button onClick={() => remove(name)} aria-label={t('roster.removeLine')}>
                    ×
                  </Button>
                </div>
              ))}
              <Button size="small" onClick={() => add({ skill: null, area: null, heads: 1 })}>
                {t('roster.addLine')}
              </Button>
            </>
          )}
        </Form.List>
        <Form.Item name="active" valuePropName="checked">
          <Checkbox>{t('roster.active')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  )
}
