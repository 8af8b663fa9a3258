import { Checkbox, Select } from 'antd'
import { ALERT_KINDS } from '../../../server/contract/kinds.ts'
import { RISK_LEVELS } from '../../../server/contract/protocol.ts'
import type { ProtocolFault } from '../../../server/contract/protocol-check.ts'
import { Panel } from '../../admin/devices/panel.tsx'
import { useTexts } from '../../i18n/i18n.ts'
import { withText } from './edits.ts'
import { Labelled, TextField, useFault } from './field.tsx'
import type { FormPart } from './form-part.ts'

/** What a protocol is called, and what it serves. */
export function About({ content, faults, onChange }: FormPart & { faults: readonly ProtocolFault[] }) {
  const { t } = useTexts()
  const kindsFault = useFault(faults, 'kinds')
  const risksFault = useFault(faults, 'risks')
  return (
    <Panel title={t('protocols.form.about')} name="protocol-about">
      <div className="protocol-form">
        <TextField
          label={t('protocols.form.titleZh')}
          value={content.title['zh-CN']}
          place="title.zh-CN"
          faults={faults}
          name="title-zh"
          onChange={(text) => onChange({ ...content, title: withText(content.title, 'zh-CN', text) })}
        />
        <TextField
          label={t('protocols.form.titleEn')}
          value={content.title.en}
          place="title.en"
          faults={faults}
          name="title-en"
          onChange={(text) => onChange({ ...content, title: withText(content.title, 'en', text) })}
        />
        <Labelled label={t('protocols.form.kinds')} fault={kindsFault} wide>
          <Select
            mode="multiple"
            value={content.kinds}
            status={kindsFault ? 'error' : ''}
            aria-label={t('protocols.form.kinds')}
            options={ALERT_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
            optionFilterProp="label"
            onChange={(kinds) => onChange({ ...content, kinds })}
          />
        </Labelled>
        <Labelled label={t('protocols.form.risks')} fault={risksFault} wide>
          <Checkbox.Group
            value={content.risks}
            options={RISK_LEVELS.map((risk) => ({ value: risk, label: t(`protocols.risk.${risk}`) }))}
            onChange={(risks) => onChange({ ...content, risks: RISK_LEVELS.filter((risk) => risks.includes(risk)) })}
          />
        </Labelled>
      </div>
    </Panel>
  )
}
