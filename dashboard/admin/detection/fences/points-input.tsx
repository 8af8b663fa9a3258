import { Input } from 'antd'
import { useEffect, useState } from 'react'
import type { LonLat } from '../../../../server/contract/fence.ts'
import { useTexts } from '../../../i18n/i18n.ts'
import { pointsText, readPoints } from './points.ts'

interface Props {
  id: string
  /** When there is no label element. */
  label?: string
  points: readonly LonLat[]
  least: number
  most: number
  onChange(points: LonLat[]): void
  /** Told when what is typed can't be read, and when it can again. */
  onUnreadable(unreadable: boolean): void
}

/** Points as text. What is typed stays as it is while it can't be read, and nothing changes until it can. */
export function PointsInput({ id, label, points, least, most, onChange, onUnreadable }: Props) {
  const { t } = useTexts()
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? pointsText(points)
  const fault = typed === null ? null : faultOf(typed, least, most)
  const unreadable = fault !== null
  useEffect(() => {
    if (!unreadable) return
    onUnreadable(true)
    return () => onUnreadable(false)
  }, [unreadable, onUnreadable])
  const change = (next: string) => {
    setTyped(next)
    const read = readPoints(next)
    if ('points' in read && faultOf(next, least, most) === null) onChange(read.points)
  }
  const common = {
    id,
    value: text,
    spellCheck: false,
    className: 'mono',
    'aria-invalid': fault !== null,
    ...(label === undefined ? {} : { 'aria-label': label, placeholder: label }),
    ...(fault === null ? {} : { status: 'error' as const }),
    // Once it is left, what holds is shown again; a fault stays to be mended.
    onBlur: () => {
      if (fault === null) setTyped(null)
    },
  }
  return (
    <>
      {most === 1 ? (
        <Input {...common} onChange={({ target }) => change(target.value)} />
      ) : (
        <Input.TextArea
          {...common}
          autoSize={{ minRows: 3, maxRows: 8 }}
          onChange={({ target }) => change(target.value)}
        />
      )}
      {fault ? (
        <small className="setting-fault" role="alert">
          {fault.code === 'line'
            ? t('detection.fence.wrongLine', { line: fault.line })
            : t(`detection.fence.${fault.code}`, { n: fault.n })}
        </small>
      ) : null}
    </>
  )
}

type PointsFault = { code: 'line'; line: number } | { code: 'fewPoints' | 'manyPoints'; n: number }

function faultOf(text: string, least: number, most: number): PointsFault | null {
  const read = readPoints(text)
  if ('wrongLine' in read) return { code: 'line', line: read.wrongLine }
  if (read.points.length < least) return { code: 'fewPoints', n: least }
  return read.points.length > most ? { code: 'manyPoints', n: most } : null
}
