import type { LonLat } from '../../../server/contract/fence.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { coordinateText } from '../../ui/formats.ts'
import { distanceText, frameOf, scaleOf } from './place-geometry.ts'

/** Metres in a degree of latitude (WGS-84, mean). */
const METRES_PER_DEGREE = 111_320
const WIDTH = 320
const HEIGHT = 116
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

interface Props {
  home: LonLat | null
  homeLabel: string
  position: { at: LonLat; accuracyM: number; label: string } | null
  outlines: readonly { id: string; points: readonly LonLat[] }[]
}

/** Home, last position and areas, true to scale anywhere on Earth. No streets are drawn that nobody looked up. */
export function Sketch({ home, homeLabel, position, outlines }: Props) {
  const { t } = useTexts()
  const shown = [...(home ? [home] : []), ...(position ? [position.at] : [])]
  const frame = frameOf(shown, WIDTH / HEIGHT)
  if (frame === null) return null
  const { center, spanM } = frame
  const perMetre = WIDTH / spanM
  const yPerDegree = METRES_PER_DEGREE * perMetre
  const xPerDegree = yPerDegree * Math.cos((center[1] * Math.PI) / 180)
  const place = ([lon, lat]: LonLat): [number, number] => [
    WIDTH / 2 + (lon - center[0]) * xPerDegree,
    HEIGHT / 2 - (lat - center[1]) * yPerDegree,
  ]
  const step = STEPS.find((one) => one * yPerDegree > 40) ?? 1
  const lines = (middle: number, perDegree: number, size: number) => {
    const first = Math.ceil((middle - size / perDegree) / step)
    const last = Math.floor((middle + size / perDegree) / step)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => {
      const degree = (first + n) * step
      return { degree: degree.toFixed(3), at: (degree - middle) * perDegree }
    })
  }
  const scale = scaleOf(spanM)
  const bar = scale * perMetre
  const homeAt = home && place(home)
  const positionAt = position && place(position.at)
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="sketch"
      role="img"
      aria-label={coordinateText(center[1], center[0])}
      data-testid="sketch"
    >
      {lines(center[0], xPerDegree, WIDTH).map(({ degree, at }) => (
        <line
          key={degree}
          className="sketch-line"
          x1={WIDTH / 2 + at}
          x2={WIDTH / 2 + at}
          y1={-HEIGHT}
          y2={2 * HEIGHT}
        />
      ))}
      {lines(center[1], yPerDegree, HEIGHT).map(({ degree, at }) => (
        <g key={degree}>
          <line className="sketch-line" y1={HEIGHT / 2 - at} y2={HEIGHT / 2 - at} x1={-WIDTH} x2={2 * WIDTH} />
          <text className="sketch-degree" x="5" y={HEIGHT / 2 - at - 3}>
            {degree}°
          </text>
        </g>
      ))}
      {outlines.map(({ id, points }) => (
        <polyline key={id} className="sketch-fence" points={points.map((at) => place(at).join()).join(' ')} />
      ))}
      {homeAt && positionAt ? (
        <line className="sketch-way" x1={homeAt[0]} y1={homeAt[1]} x2={positionAt[0]} y2={positionAt[1]} />
      ) : null}
      {homeAt ? (
        <g>
          {position ? null : <circle className="sketch-ring" cx={homeAt[0]} cy={homeAt[1]} r={50 * perMetre} />}
          <circle className={position ? 'sketch-base' : 'sketch-home'} cx={homeAt[0]} cy={homeAt[1]} r="5.5" />
          <text className="sketch-label" x={homeAt[0]} y={homeAt[1] - (position ? 10 : 33)} textAnchor="middle">
            {homeLabel}
          </text>
        </g>
      ) : null}
      {position && positionAt ? (
        <g>
          <circle
            className="sketch-ring"
            cx={positionAt[0]}
            cy={positionAt[1]}
            r={Math.max(9, position.accuracyM * perMetre)}
          />
          <circle className="sketch-home" cx={positionAt[0]} cy={positionAt[1]} r="5.5" />
          <text className="sketch-label" x={positionAt[0]} y={positionAt[1] + 20} textAnchor="middle">
            {position.label}
          </text>
        </g>
      ) : null}
      <path className="sketch-bar" d={`M${WIDTH - 12 - bar} ${HEIGHT - 10}v4h${bar}v-4`} />
      <text className="sketch-degree" x={WIDTH - 12 - bar / 2} y={HEIGHT - 12} textAnchor="middle">
        {distanceText(scale)}
      </text>
      <title>{t('place.title')}</title>
    </svg>
  )
}
