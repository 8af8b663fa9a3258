import type { Tone } from '../view.ts'

/** Large, simple signs, each of another shape: they must be told apart without colour and without glasses. 48 × 48. */
export type SymbolName = Tone | 'sos' | 'help' | 'phone'

const FILLED: Record<SymbolName, string> = {
  /** A siren. */
  sos: 'M10 40h28v4H10zM14 37V26a10 10 0 0 1 20 0v11zM22.5 4h3v8h-3zM6.5 11.5l2.2-2.2 5.4 5.4-2.2 2.2zM39.3 9.3l2.2 2.2-5.4 5.4-2.2-2.2z',
  /** A heart. */
  help: 'M24 42 8.6 27C4.5 23 4 16.4 8 12.3c4.2-4.2 11-3.8 14.6.7L24 14.7l1.4-1.7c3.6-4.5 10.4-4.9 14.6-.7 4 4.1 3.5 10.7-.6 14.7z',
  /** A telephone handset. */
  phone: 'M13 5l7 9-4 5c2 5 6 9 12 12l5-4 9 7c0 5-3 9-8 9C19 42 6 28 5 14c0-5 4-8 8-9z',
  /** An arrow upwards. */
  sending: 'M24 5 40 22H30v20H18V22H8z',
  /** A warning triangle with its mark cut out. */
  trouble: 'M24 4 46 43H2zM21.5 17l1 14h3l1-14zM22 34v4h4v-4z',
  /** A tick. */
  received: 'M19 39 5 25l5-5 9 9L38 10l5 5z',
  answered: 'M13 5l7 9-4 5c2 5 6 9 12 12l5-4 9 7c0 5-3 9-8 9C19 42 6 28 5 14c0-5 4-8 8-9z',
  /** A person who walks. */
  dispatched:
    'M28 3a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM22 14l8 2 4 7 7 2-1 4-9-2-2-4-2 7 6 6 3 10h-5l-3-8-7-6-3 7-8 8-3-3 7-8 4-14-4 2-2 7-4-1 2-9z',
  /** A house with its door. */
  arrived: 'M24 4 3 23h6v21h11V30h8v14h11V23h6z',
  closed: 'M24 3a21 21 0 1 1 0 42 21 21 0 0 1 0-42zM21 35l16-17-4-4-12 13-6-6-4 4z',
  /** A cross in a ring. */
  cancelled: 'M24 3a21 21 0 1 1 0 42 21 21 0 0 1 0-42zM14 18l6 6-6 6 4 4 6-6 6 6 4-4-6-6 6-6-4-4-6 6-6-6z',
  /** A speech bubble with lines. */
  message: 'M4 6h40v28H24L13 43v-9H4zM11 14v4h26v-4zM11 22v4h18v-4z',
  /** A bell. */
  ring: 'M24 3a3 3 0 0 1 3 3v1c6 1 10 6 10 13v10l5 6v2H6v-2l5-6V20c0-7 4-12 10-13V6a3 3 0 0 1 3-3zM18 40h12a6 6 0 0 1-12 0z',
}

const SVG = 'http://www.w3.org/2000/svg'

/** A sign as an element; it has no words of its own, so it is hidden from screen readers. */
export function symbol(name: SymbolName): SVGElement {
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', FILLED[name])
  path.setAttribute('fill-rule', 'evenodd')
  return svg('0 0 48 48', 'symbol', path)
}

/** The ring that fills while a key is held. */
export function ring(): SVGElement {
  const circle = (name: string) => {
    const element = document.createElementNS(SVG, 'circle')
    // It begins at the top.
    const attributes = { cx: '50', cy: '50', r: '47', transform: 'rotate(-90 50 50)', class: name }
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    return element
  }
  return svg('0 0 100 100', 'ring', circle('track'), circle('fill'))
}

function svg(viewBox: string, name: string, ...children: readonly SVGElement[]): SVGElement {
  const element = document.createElementNS(SVG, 'svg')
  element.setAttribute('viewBox', viewBox)
  element.setAttribute('class', name)
  element.setAttribute('aria-hidden', 'true')
  for (const child of children) element.appendChild(child)
  return element
}
