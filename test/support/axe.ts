import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * What of WCAG 2.2 AA a page breaks as it stands, as far as axe can tell: one line for each rule and place.
 * @param where names the page in the lines
 */
export async function violations(page: Page, where: string): Promise<string[]> {
  // Half-faded texts have no contrast yet.
  await page.evaluate(async () => {
    const finite = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.all(finite.map((one) => one.finished.catch(() => undefined)))
  })
  // Evaluated, not put in as a script: the pages' content security policy lets no foreign script in.
  await page.evaluate(await source)
  const { violations: found } = await page.evaluate<AxeResults>(
    `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(TAGS)} }, resultTypes: ['violations'] })`,
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ')
      return `${where}: ${id} at ${target.join(' ')}: ${why}`
    }),
  )
}
