import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import {
  type Criterion,
  SHEET_SCALES,
  SHEET_SECTIONS,
  type SheetScale,
  type SheetSection,
} from '../../../server/contract/quality-sheet.ts'
import { useTexts } from '../../i18n/i18n.ts'

interface Props {
  of: Criterion
  isFirst: boolean
  isLast: boolean
  /** Publishing was tried: what is missing is marked. */
  isTried: boolean
  onChange(changed: Criterion): void
  onMove(by: 1 | -1): void
  /** Null: it is the only one. */
  onRemove: (() => void) | null
}

/** One criterion of the sheet that is being changed: its texts in both languages, section, scale, weight. */
export function CriterionEdit({ of, isFirst, isLast, isTried, onChange, onMove, onRemove }: Props) {
  const { t, language } = useTexts()
  const name = of.text[language] || of.id
  const labelled = (label: string) => ({ 'aria-label': `${name} · ${label}` })
  return (
    <li className="criterion-edit" data-testid="criterion-edit">
      {(['zh-CN', 'en'] as const).map((one) => {
        const label = t(one === 'en' ? 'quality.editor.english' : 'quality.editor.chinese')
        const isMissing = isTried && of.text[one].trim() === ''
        return (
          <div key={one} className="criterion-texts">
            <Input
              {...labelled(`${t('quality.editor.text')}, ${label}`)}
              prefix={<small className="muted">{label}</small>}
              status={isMissing ? 'error' : ''}
              placeholder={isMissing ? t('quality.editor.needed') : t('quality.editor.text')}
              maxLength={300}
              value={of.text[one]}
              onChange={({ target }) => onChange({ ...of, text: { ...of.text, [one]: target.value } })}
            />
            <Input
              {...labelled(`${t('quality.editor.hint')}, ${label}`)}
              status={isTried && of.hint !== null && of.hint[one].trim() === '' ? 'error' : ''}
              placeholder={t('quality.editor.hint')}
              maxLength={300}
              value={of.hint?.[one] ?? ''}
              onChange={({ target }) => {
                const hint = { ...(of.hint ?? { 'zh-CN': '', en: '' }), [one]: target.value }
                onChange({ ...of, hint: hint['zh-CN'] === '' && hint.en === '' ? null : hint })
              }}
            />
          </div>
        )
      })}
      <div className="criterion-settings">
        <Select<SheetSection>
          {...labelled(t('quality.editor.section'))}
          value={of.section}
          onChange={(section) => onChange({ ...of, section })}
          options={SHEET_SECTIONS.map((value) => ({ value, label: t(`quality.section.${value}`) }))}
        />
        <Select<SheetScale>
          {...labelled(t('quality.editor.scale'))}
          value={of.scale}
          onChange={(scale) => onChange({ ...of, scale })}
          options={SHEET_SCALES.map((value) => ({ value, label: t(`quality.editor.scales.${value}`) }))}
        />
        <InputNumber
          {...labelled(t('quality.editor.weight'))}
          prefix={<small className="muted">{t('quality.editor.weight')}</small>}
          min={1}
          max={10}
          precision={0}
          value={of.weight}
          onChange={(weight) => weight !== null && onChange({ ...of, weight })}
        />
        <Checkbox
          checked={of.critical}
          title={t('quality.editor.criticalHint')}
          onChange={({ target }) => onChange({ ...of, critical: target.checked })}
        >
          {t('quality.editor.critical')}
        </Checkbox>
        <span className="office-space" />
        <Button size="small" {...labelled(t('quality.editor.up'))} disabled={isFirst} onClick={() => onMove(-1)}>
          ↑
        </Button>
        <Button size="small" {...labelled(t('quality.editor.down'))} disabled={isLast} onClick={() => onMove(1)}>
          ↓
        </Button>
        <Button
          size="small"
          danger
          {...labelled(t('quality.editor.remove'))}
          disabled={onRemove === null}
          onClick={onRemove ?? undefined}
        >
          {t('quality.editor.remove')}
        </Button>
      </div>
    </li>
  )
}
