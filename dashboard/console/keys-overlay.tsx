import { Modal } from 'antd'
import { useTexts } from '../i18n/i18n.ts'
import { Key } from '../ui/key.tsx'
import { useReturnFocus } from '../ui/return-focus.ts'

/** Every key of the console, on `?`. */
export function KeysOverlay({ onClose }: { onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const rows: [string[], string][] = [
    [['↑', '↓'], t('keys.select')],
    [['←', '→'], t('keys.tab')],
    [[t('keys.space')], t('keys.claim')],
    [['N'], t('keys.next')],
    [['1', '…', '9'], t('keys.answer')],
    [['⌫'], t('keys.redo')],
    [['D'], t('keys.dispatch')],
    [['A'], t('keys.arrive')],
    [['M'], t('keys.note')],
    [['H'], t('keys.hold')],
    [['E'], t('keys.end')],
    [['V'], t('file.keys.notice')],
    [['P'], t('file.keys.phone')],
    [['K'], t('file.keys.code')],
    [['G'], t('file.keys.map')],
    [['B'], t('file.keys.notes')],
    [['T'], t('keys.take')],
    [['C'], t('voice.key.call')],
    [['U'], t('voice.key.mute')],
    [['R'], t('keys.reopen')],
    [['Y'], t('keys.second')],
    [['/'], t('keys.find')],
    [['Z'], t('keys.duty')],
    [['Esc'], t('keys.escape')],
    [['?'], t('keys.help')],
  ]
  return (
    <Modal open title={t('keys.title')} footer={null} onCancel={onClose} width={560}>
      <dl className="keys-table" data-testid="keys-overlay">
        {rows.map(([names, text]) => (
          <div key={text}>
            <dt>
              {names.map((name) => (
                <Key key={name} name={name} />
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
