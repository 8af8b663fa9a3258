import { App, Button } from 'antd'
import type { CaseDetail } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { coordinateText } from '../ui/formats.ts'

/** Metres in a degree of latitude (WGS-84, mean). */
const METRES_PER_DEGREE = 111_320
/** What the sketch spans from left to right. */
const SPAN_M = 640
const WIDTH = 320
const HEIGHT = 150

/** Where it is: what is known in words, and a sketch to scale. No streets are drawn that nobody looked up. */
export function Place({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  const { message } = App.useApp()
  const home = detail.resident?.home ?? null
  const placed = home !== null && home.lat !== null && home.lon !== null ? { lat: home.lat, lon: home.lon } : null
  const text = placed ? coordinateText(placed.lat, placed.lon) : ''
  const copy = async () => {
    if (!placed) return
    await navigator.clipboard.writeText(`${placed.lat.toFixed(6)},${placed.lon.toFixed(6)}`)
    void message.success(t('common.copied'))
  }
  return (
    <section className="place" aria-label={t('place.title')}>
      <h3>{t('place.title')}</h3>
      <div className="place-map">
        {placed ? (
          <Sketch lat={placed.lat} lon={placed.lon} label={detail.case.room ?? t('place.home')} />
        ) : (
          <p className="muted place-none">{t('place.noCoordinates')}</p>
        )}
        {placed ? <span className="place-note">{t('place.noMap')}</span> : null}
      </div>
      <div className="place-line">
        <p className="place-text" title={home ? `${home.place} ${home.address}` : undefined}>
          <b>{home?.place ?? detail.case.place ?? t('place.noAddress')}</b> {home?.address}
        </p>
        {placed ? (
          <Button size="small" type="text" className="place-copy" title={t('place.copy')} onClick={() => void copy()}>
            {text}
          </Button>
        ) : null}
      </div>
    </section>
  )
}

/** Lines each 0.001° of latitude and longitude around the home: true to scale anywhere on Earth. */
function Sketch({ lat, lon, label }: { lat: number; lon: number; label: string }) {
  const { t } = useTexts()
  const perMetre = WIDTH / SPAN_M
  const yPerDegree = METRES_PER_DEGREE * perMetre
  const xPerDegree = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180) * perMetre
  const lines = (centre: number, perDegree: number, size: number) => {
    const positions: { at: number; degree: string }[] = []
    for (let d = Math.ceil((centre - size / 2 / perDegree) * 1000); d <= (centre + size / 2 / perDegree) * 1000; d++) {
      positions.push({ at: (d / 1000 - centre) * perDegree, degree: (d / 1000).toFixed(3) })
    }
    return positions
  }
  const cx = WIDTH / 2
  const cy = HEIGHT / 2
  const bar = 100 * perMetre
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="sketch" role="img" aria-label={coordinateText(lat, lon)}>
      {lines(lon, xPerDegree, 3 * WIDTH).map(({ at, degree }) => (
        <line key={degree} className="sketch-line" x1={cx + at} x2={cx + at} y1={-HEIGHT} y2={2 * HEIGHT} />
      ))}
      {lines(lat, yPerDegree, 3 * HEIGHT).map(({ at, degree }) => (
        <g key={degree}>
          <line className="sketch-line" y1={cy - at} y2={cy - at} x1={-WIDTH} x2={2 * WIDTH} />
          <text className="sketch-degree" x="5" y={cy - at - 3}>
            {degree}°
          </text>
        </g>
      ))}
      <circle className="sketch-ring" cx={cx} cy={cy} r={50 * perMetre} />
      <circle className="sketch-home" cx={cx} cy={cy} r="5.5" />
      <text className="sketch-label" x={cx} y={cy - 33} textAnchor="middle">
        {label}
      </text>
      <path className="sketch-bar" d={`M${WIDTH - 12 - bar} ${HEIGHT - 10}v4h${bar}v-4`} />
      <text className="sketch-degree" x={WIDTH - 12 - bar / 2} y={HEIGHT - 12} textAnchor="middle">
        {t('place.scale', { m: 100 })}
      </text>
    </svg>
  )
}
