import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import type { Plugin } from 'vite'

/**
 * Builds the home terminal beside the console: one script, another that talks and is loaded with the first call, one style
 * sheet, a page and a service worker. Not by Vite
 * itself, which has one target for all its pages: a terminal is an old phone on a kitchen wall, so its code is written
 * down to what browsers of 2017 read, in one classic script.
 */

/** Syntax; what it needs of the browser beside that is checked in test/terminal/styles.test.ts. */
const TARGET = ['es2018', 'chrome61']

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface BuiltFile {
  /** Below the folder of the built pages. */
  fileName: string
  source: string | Uint8Array
}

/** Builds all files of the terminal. */
export async function buildTerminal(): Promise<BuiltFile[]> {
  const style = await bundle('terminal.css', {})
  const voice = await bundle('voice/part.ts', {})
  const bare = await bundle('main.ts', { VERSION: '""', VOICE_URL: '""' })
  const open = readdirSync(here('public')).map((name) => file(name, readFileSync(here(`public/${name}`))))
  const template = readFileSync(here('index.html'), 'utf8')
  // Whatever changes makes a new version, which the service workers then fetch.
  const version = hashOf([template, style, bare, voice, ...open.map(({ source }) => source)])
  const part = file(`assets/voice-${hashOf([voice])}.js`, voice)
  const defined = { VERSION: JSON.stringify(version), VOICE_URL: JSON.stringify(urlOf(part)) }
  const script = await bundle('main.ts', defined)
  const assets = [
    file(`assets/terminal-${hashOf([script])}.js`, script),
    file(`assets/terminal-${hashOf([style])}.css`, style),
  ]
  const [scriptUrl = '', styleUrl = ''] = assets.map(urlOf)
  const page = template.replace('%SCRIPT%', scriptUrl).replace('%STYLE%', styleUrl)
  const precache = ['/terminal', ...assets.map(urlOf), urlOf(part), ...open.map(urlOf)]
  const worker = await bundle('sw.ts', { VERSION: JSON.stringify(version), PRECACHE: JSON.stringify(precache) })
  return [...assets, part, ...open, file('index.html', page), file('sw.js', worker)]
}

const file = (name: string, source: string | Uint8Array): BuiltFile => ({ fileName: `terminal/${name}`, source })
const urlOf = ({ fileName }: BuiltFile): string => `/${fileName}`

async function bundle(entry: string, define: Record<string, string>): Promise<string> {
  const { outputFiles } = await esbuild({
    entryPoints: [here(entry)],
    bundle: true,
    format: 'iife',
    target: TARGET,
    minify: true,
    charset: 'utf8',
    write: false,
    define,
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}

function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 10)
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** Adds the terminal to the console's build, and serves it from `vite dev`. */
export function terminalPage(): Plugin {
  return {
    name: 'terminal-page',
    async generateBundle() {
      for (const { fileName, source } of await buildTerminal()) this.emitFile({ type: 'asset', fileName, source })
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split(/[?#]/)[0] ?? ''
        if (path !== '/terminal' && path.indexOf('/terminal/') !== 0) return next()
        const wanted = path.replace(/^\/terminal\/?$/, '/terminal/index.html')
        buildTerminal().then((files) => {
          const found = files.find((built) => urlOf(built) === wanted)
          if (found === undefined) return next()
          response.setHeader('content-type', TYPES[extname(wanted)] ?? 'application/octet-stream')
          response.setHeader('service-worker-allowed', '/terminal')
          response.end(found.source)
        }, next)
      })
    },
  }
}
