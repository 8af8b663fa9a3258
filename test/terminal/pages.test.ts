import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerPages } from '../../server/http/pages.ts'
import { buildPages } from './edge-server.ts'

let app: FastifyInstance
let pages: Awaited<ReturnType<typeof buildPages>>

beforeAll(async () => {
  pages = await buildPages()
  await writeFile(join(pages.dir, 'index.html'), '<title>console</title>')
  app = fastify()
  await registerPages(app, pages.dir)
})
afterAll(async () => {
  await app.close()
  await pages.remove()
})

const get = (url: string) => app.inject({ url, headers: { accept: 'text/html,*/*' } })

it.each(['/terminal', '/terminal/'])('%s is the terminal, never an old one', async (url) => {
  const { statusCode, headers, body } = await get(url)
  expect(statusCode).toBe(200)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['cache-control']).toBe('no-cache')
  expect(body).toContain('id="terminal"')
})

it('the service worker may have the page above its folder, and is always looked up', async () => {
  const { headers } = await get('/terminal/sw.js')
  expect(headers).toMatchObject({ 'service-worker-allowed': '/terminal', 'cache-control': 'no-cache' })
  expect(headers['content-type']).toContain('javascript')
})

it('script and styles have names of their content and are kept', async () => {
  const { body } = await get('/terminal')
  const assets = body.match(/\/terminal\/assets\/[\w.-]+/g) ?? []
  expect(assets).toHaveLength(2)
  for (const url of assets) {
    const { statusCode, headers } = await get(url)
    expect(statusCode).toBe(200)
    expect(headers['cache-control']).toContain('immutable')
    expect(headers['service-worker-allowed']).toBeUndefined()
  }
})

it('what the manifest and the service worker name is there', async () => {
  const { icons, start_url } = (await get('/terminal/manifest.webmanifest')).json<{
    icons: { src: string }[]
    start_url: string
  }>()
  const worker = (await get('/terminal/sw.js')).body
  const named = worker.match(/"\/terminal[\w./-]*"/g) ?? []
  expect(named.length).toBeGreaterThan(6)
  for (const url of [start_url, ...icons.map(({ src }) => src), ...named.map((name) => name.slice(1, -1))]) {
    expect((await get(url)).statusCode, url).toBe(200)
  }
})

it('other addresses are the console’s', async () => {
  expect((await get('/terminals')).body).toContain('console')
  expect((await get('/')).body).toContain('console')
})
