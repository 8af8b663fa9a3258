import { Button, Form, Input, Select, Switch } from 'antd'
import type { ResidentFile } from '../../../server/contract/case.ts'
import { saveFile } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Card } from './card.tsx'
import { useSave } from './use-save.ts'

interface Fields {
  abilityLevel: number | null
  livesAlone: boolean
  dialect: string
  conditions: string[]
  medicines: string[]
  allergies: string[]
  hazards: string[]
}
const LISTS = ['hazards', 'conditions', 'medicines', 'allergies'] as const
const LEVELS = ['header.ability0', 'header.ability1', 'header.ability2', 'header.ability3', 'header.ability4'] as const

/** Ability, language and medical lists; only what was changed is sent. */
export function DetailsCard({ file }: { file: ResidentFile }) {
  const { t } = useTexts()
  const { save, busy } = useSave(file.residentId)
  const [form] = Form.useForm<Fields>()
  const submit = ({ dialect, ...fields }: Fields) =>
    save(() => saveFile(file.residentId, { version: file.version, ...fields, dialect: dialect.trim() || null }))
  return (
    <Card title={t('residents.details.title')} testId="card-details">
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          abilityLevel: file.abilityLevel,
          livesAlone: file.livesAlone,
          dialect: file.dialect ?? '',
          conditions: file.conditions,
          medicines: file.medicines,
          allergies: file.allergies,
          hazards: file.hazards,
        }}
        onFinish={submit}
      >
        <div className="resident-three">
          <Form.Item name="abilityLevel" label={t('residents.details.ability')}>
            <Select
              options={[
                { value: null, label: t('residents.details.unset') },
                ...LEVELS.map((key, value) => ({ value, label: `${value} · ${t(key)}` })),
              ]}
            />
          </Form.Item>
          <Form.Item name="dialect" label={t('residents.details.dialect')}>
            <Input maxLength={40} autoComplete="off" data-testid="details-dialect" />
          </Form.Item>
          <Form.Item name="livesAlone" label={t('residents.details.alone')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
        {LISTS.map((list) => (
          <Form.Item key={list} name={list} label={t(`residents.details.${list}`)}>
            <Select
              mode="tags"
              open={false}
              suffixIcon={null}
              maxCount={30}
              tokenSeparators={['、', '；', ';']}
              placeholder={t('residents.details.listHint')}
              data-testid={`details-${list}`}
            />
          </Form.Item>
        ))}
        <Button htmlType="submit" type="primary" loading={busy} data-testid="details-save">
          {t('residents.save')}
        </Button>
      </Form>
    </Card>
  )
}
