import type { LonLat } from '../../../../server/contract/fence.ts'

/** Points as text: one a line, `latitude, longitude` as phones and maps give them. Pure. */
export function pointsText(points: readonly LonLat[]): string {
  return points.map(([lon, lat]) => `${plain(lat)}, ${plain(lon)}`).join('\n')
}

/** Six decimals are 10 cm. */
export const plain = (degrees: number): string => String(Math.round(degrees * 1e6) / 1e6)

const LINE = /^(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)$/

/** @returns the points, or the first line (from 1) that is no point */
export function readPoints(text: string): { points: LonLat[] } | { wrongLine: number } {
  const points: LonLat[] = []
  for (const [n, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, latText, lonText] = LINE.exec(line.trim()) ?? []
    const [lat, lon] = [Number(latText), Number(lonText)]
    if (latText === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180) return { wrongLine: n + 1 }
    points.push([lon, lat])
  }
  return { points }
}
