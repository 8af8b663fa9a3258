/** The screens that everything was drawn for, in rem: a wall tablet, and a phone held upright. */
const WIDE = { width: 50, height: 30 }
const TALL = { width: 22.5, height: 40 }
/** The smallest text is 1.5 rem: 24 px at the least. */
const LEAST_PX = 16

/** Size of a rem, px, so that the page fills the screen. */
export function remFor(width: number, height: number): number {
  const drawn = width >= height ? WIDE : TALL
  return Math.max(LEAST_PX, Math.floor(Math.min(width / drawn.width, height / drawn.height) * 10) / 10)
}

/** Keeps sizes right when the screen is turned. */
export function fitToScreen(root: HTMLElement): void {
  const measure = () => {
    const { innerWidth, innerHeight } = window
    document.documentElement.style.fontSize = `${remFor(innerWidth, innerHeight)}px`
    const isLow = innerHeight < 25 * LEAST_PX
    root.setAttribute('data-shape', innerWidth < innerHeight ? 'tall' : isLow ? 'low' : 'wide')
  }
  window.addEventListener('resize', measure)
  measure()
}
