import { Button, Checkbox } from 'antd'
import { useMemo, useState } from 'react'
import type { ReplayedFinding, WhatIfAnswer } from '../../../server/contract/detection.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText } from '../../ui/formats.ts'
import { Reason } from '../../ui/reason.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { momentText } from './value-text.ts'
import { type DiffRow, diffFindings, perWeek } from './what-if-diff.ts'

/** The API cuts each list there. */
const MOST = 500
const SHOWN = 60

/** What was found with the settings in force and with the changed ones, row by row. */
export function WhatIfResult({ answer }: { answer: WhatIfAnswer }) {
  const { t } = useTexts()
  const rows = useMemo(() => diffFindings(answer.current, answer.changed), [answer])
  const [onlyDifferent, setOnlyDifferent] = useState(false)
  const [shown, setShown] = useState(SHOWN)
  if (answer.signals === 0 && answer.samples === 0) {
    return <EmptyState title={t('detection.whatIf.none')} text={t('detection.whatIf.noneText')} />
  }
  const visible = onlyDifferent ? rows.filter(({ state }) => state !== 'same') : rows
  const span = Date.parse(answer.to) - Date.parse(answer.from)
  const before = perWeek(answer.current, span)
  const after = perWeek(answer.changed, span)
  const count = (state: DiffRow['state']) => rows.filter((row) => row.state === state).length
  return (
    <>
      <div className="what-if-figures" data-testid="what-if-figures">
        <p>
          <span className="muted">{t('detection.whatIf.perWeek')}</span>
          <b className="figures" data-testid="per-week">
            {before} → {after}
          </b>
        </p>
        {(['after', 'before', 'changed', 'same'] as const).map((state) => (
          <p key={state} data-diff={state}>
            <span>
              {SIGNS[state]} {t(`detection.whatIf.state.${state}`)}
            </span>
            <b className="figures">{count(state)}</b>
          </p>
        ))}
        <span className="office-space" />
        <small className="muted">
          {t('detection.whatIf.replayed', { signals: countText(answer.signals), samples: countText(answer.samples) })}
        </small>
        <Checkbox checked={onlyDifferent} onChange={({ target }) => setOnlyDifferent(target.checked)}>
          {t('detection.whatIf.onlyDifferent')}
        </Checkbox>
      </div>
      {answer.current.length >= MOST || answer.changed.length >= MOST ? (
        <p data-tone="soon">{t('detection.whatIf.cut')}</p>
      ) : null}
      {rows.length === 0 ? (
        <EmptyState calm title={t('detection.whatIf.nothing')} text={t('detection.whatIf.nothingText')} />
      ) : visible.length === 0 ? (
        <EmptyState calm title={t('detection.whatIf.noDifference')} />
      ) : (
        <table className="what-if-table">
          <thead>
            <tr>
              <th scope="col">{t('detection.whatIf.stateColumn')}</th>
              <th scope="col">{t('detection.whatIf.current')}</th>
              <th scope="col">{t('detection.whatIf.changed')}</th>
            </tr>
          </thead>
          <tbody>
            {visible.slice(0, shown).map((row) => (
              <tr key={row.key} data-diff={row.state} data-testid="what-if-row">
                <th scope="row">
                  {SIGNS[row.state]} {t(`detection.whatIf.state.${row.state}`)}
                </th>
                <td>{row.before ? <Found finding={row.before} /> : null}</td>
                <td>{row.after ? <Found finding={row.after} /> : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {visible.length > shown ? (
        <Button size="small" onClick={() => setShown(shown + SHOWN)}>
          {t('detection.whatIf.more', { n: Math.min(SHOWN, visible.length - shown) })}
        </Button>
      ) : null}
    </>
  )
}

/** Never colour alone. */
const SIGNS = { after: '+', before: '−', changed: '≠', same: '=' } as const

function Found({ finding }: { finding: ReplayedFinding }) {
  const { t, language } = useTexts()
  const { effect, kinds, certainty, severe, at, deviceId, reason } = finding
  const what = kinds.length === 0 ? t('detection.whatIf.everything') : kinds.map((kind) => t(`kind.${kind}`)).join(', ')
  return (
    <div className="found">
      <div className="found-head">
        <span className="figures">{momentText(at, language)}</span>
        <span className="stage">{t(`detection.whatIf.effect.${effect}`)}</span>
        <b>{what}</b>
        {certainty ? <span className="soft">{t(`detection.certainty.${certainty}`)}</span> : null}
        {severe ? <span data-tone="late">{t('detection.whatIf.severe')}</span> : null}
        <small className="muted mono">{deviceId}</small>
      </div>
      <Reason reason={reason} linked />
    </div>
  )
}
