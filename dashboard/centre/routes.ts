/** Addresses of the call centre's pages besides the console. Pure. Ids may stand in them, persons may not. */
export interface CentreRoute {
  page: string
  id: string | null
}

const ROUTE = /^\/centre(?:\/([a-z-]+)(?:\/([\w-]{1,40}))?)?$/

/** Page and id at a path, or null when it is none of the call centre's. @param first the page shown when none is named */
export function centreRoute(path: string, first: string): CentreRoute | null {
  const found = ROUTE.exec(path.replace(/\/+$/, ''))
  if (found === null) return null
  const [, page = first, id = null] = found
  return { page, id }
}

/** Address of a page, or of one thing on it. */
export function centrePath(page: string, id?: string): string {
  return id === undefined ? `/centre/${page}` : `/centre/${page}/${id}`
}
