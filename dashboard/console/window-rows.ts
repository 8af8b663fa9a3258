/**
 * Which rows of a fixed-height list to draw. Pure.
 * @param overscan rows drawn beyond each edge, so that a scroll never shows a hole
 */
export function windowRows(
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  overscan = 6,
): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan)
  const last = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + overscan)
  return { first: Math.min(first, last), last }
}

/** Where to scroll so that a row is wholly in view, moving as little as possible; null when it is already. */
export function scrollToRow(index: number, rowHeight: number, scrollTop: number, viewHeight: number): number | null {
  const top = index * rowHeight
  if (top < scrollTop) return top
  const bottom = top + rowHeight
  return bottom > scrollTop + viewHeight ? bottom - viewHeight : null
}
