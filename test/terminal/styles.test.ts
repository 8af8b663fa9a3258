import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildTerminal } from '../../dashboard/terminal/build.ts'

const folder = join(process.cwd(), 'dashboard/terminal/styles')
const styles = readdirSync(folder)
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n')

/** Relative luminance and contrast as in WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}
const named = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(styles)?.[1] ?? ''
/** Background of the full-screen answer with this tone. */
const answer = (tone: string): string =>
  new RegExp(`\\[data-screen="answer"\\]\\[data-tone="${tone}"\\] \\{\\s+background: (#[0-9a-f]{6})`).exec(
    styles,
  )?.[1] ?? ''

describe('contrast is 7 : 1 at the least', () => {
  it.each([
    ['red key', named('white'), named('red')],
    ['red key, held', named('white'), named('red-held')],
    ['green key', named('white'), named('green')],
    ['green key, held', named('white'), named('green-held')],
    ['text', named('ink'), named('paper')],
    ['status', named('ink-soft'), named('paper')],
    ['status without connection', named('red-held'), named('paper')],
    ['status without connection, over an unsent press', named('red-held'), answer('trouble')],
    ['strip', named('calm-ink'), named('calm')],
    ['strip in trouble', named('trouble-ink'), named('trouble')],
    ['sending', named('ink'), answer('sending')],
    ['trouble', named('ink'), answer('trouble')],
    ['received', named('ink'), answer('received')],
    ['answered', named('ink'), answer('answered')],
    ['dispatched', named('ink'), answer('dispatched')],
    ['arrived', named('white'), answer('arrived')],
    ['soft ink on received', named('ink-soft'), answer('received')],
    ['soft ink on answered', named('ink-soft'), answer('answered')],
    ['soft ink on dispatched', named('ink-soft'), answer('dispatched')],
    ['who sent a message', named('blue'), named('paper')],
    ['night clock', '#cfc6ba', '#000000'],
    ['red key at night', '#ff9c9c', '#3d0006'],
    ['green key at night', '#8fe0b4', '#04321b'],
  ])('%s', (_, text, background) => {
    expect(contrast(text, background)).toBeGreaterThanOrEqual(7)
  })
})

describe('old browsers', () => {
  it.each([
    ['min(), max(), clamp()', /[:\s](?:min|max|clamp)\(/],
    ['inset', /\binset:/],
    ['gap in a flex box', /\bgap:/],
    ['dvh and the like', /\d[dsl]v[hw]/],
    ['aspect-ratio', /aspect-ratio/],
    [':is, :where, :has, :focus-visible', /:(?:is|where|has|focus-visible)\b/],
    ['logical properties', /(?:margin|padding|border)-(?:inline|block)|inset-(?:inline|block)/],
    ['color-mix and new colour functions', /color-mix|oklch|lab\(/],
    ['nesting', /^\s+&/m],
    ['layers and containers', /@(?:layer|container|property)/],
  ])('styles have no %s', (_, pattern) => {
    expect(styles).not.toMatch(pattern)
  })

  it('scripts are ES2018 without functions that came later, and small', async () => {
    const files = await buildTerminal()
    const scripts = files.filter(({ fileName }) => fileName.endsWith('.js')).map(({ source }) => String(source))
    expect(scripts).toHaveLength(3)
    const younger = [
      /\?\.[a-zA-Z_$[(]/g,
      /\?\?/g,
      /\.(?:at|replaceAll|matchAll|flatMap|flat|fromEntries|allSettled|any|hasOwn|findLast|toSorted|with)\(/g,
      /\b(?:globalThis|queueMicrotask|BigInt|WeakRef|structuredClone|randomUUID)\b/g,
    ]
    for (const script of scripts) for (const pattern of younger) expect(script.match(pattern) ?? []).toEqual([])
    const bytes = scripts.join('').length
    expect(bytes).toBeLessThan(95_000)
  })

  it('the version and the list of files are those of the build', async () => {
    const files = await buildTerminal()
    const worker = String(files.find(({ fileName }) => fileName === 'terminal/sw.js')?.source)
    const names = files.map(({ fileName }) => fileName).filter((name) => !/sw\.js$|index\.html$/.test(name))
    for (const name of names) expect(worker).toContain(`"/${name}"`)
    const page = String(files.find(({ fileName }) => fileName === 'terminal/index.html')?.source)
    for (const name of names.filter((asset) => asset.includes('/assets/terminal-')))
      expect(page).toContain(`"/${name}"`)
    expect(page).not.toContain('%')
  })
})
