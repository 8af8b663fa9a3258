/** Builds what is older than its sources: server and simulator with esbuild, the web pages with Vite, into `dist/`. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT, run, say } from './prepare.mjs'

/** What is built: from which folders, and the file that proves it built. A target without its entry is left out. */
const TARGETS = {
  server: {
    entry: 'server/main.ts',
    out: 'dist/server/main.js',
    from: ['server', 'gateway', 'simulator'],
    make: bundle,
  },
  'audit-verify': {
    entry: 'server/audit-verify.ts',
    out: 'dist/server/audit-verify.js',
    from: ['server'],
    make: bundle,
  },
  simulator: {
    entry: 'simulator/main.ts',
    out: 'dist/simulator/main.js',
    from: ['simulator', 'server/contract'],
    make: bundle,
  },
  dashboard: {
    entry: 'dashboard/vite.config.ts',
    out: 'dist/dashboard/index.html',
    from: ['dashboard', 'server/contract'],
    make: pages,
  },
  /** Benchmarks run as the product does: built. Only when they are asked for. */
  bench: {
    entry: 'test/bench/main.ts',
    out: 'dist/bench/main.js',
    from: ['server', 'gateway', 'simulator', 'dashboard', 'test'],
    make: bundle,
    isExtra: true,
  },
}
/** What every target depends on. */
const SHARED = ['package-lock.json', 'tsconfig.json', 'server/build.mjs']
const STAMP = join(ROOT, 'dist/built.json')

/**
 * Builds what is outdated, in a process of its own: the builders need several hundred MB, which a server that was
 * started together with them would keep. Resolves to whether it went well.
 */
export async function build() {
  if (outdated().length === 0) return true
  return (await run(process.execPath, [join(ROOT, 'server/start.mjs'), '--build-only'])) === 0
}

/** Builds what is outdated, in this process. @param extras built besides what the product needs */
export async function buildHere(extras = []) {
  for (const name of outdated(extras)) {
    const target = TARGETS[name]
    const began = performance.now()
    // Taken before: what is saved while we build is built next time.
    const made = fingerprint(target)
    await target.make(target)
    const stamps = { ...readStamps(), [name]: made }
    mkdirSync(dirname(STAMP), { recursive: true })
    writeFileSync(`${STAMP}.new`, JSON.stringify(stamps, null, 2))
    renameSync(`${STAMP}.new`, STAMP)
    say(`Built ${name} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  }
}

/** Names of the targets whose sources have changed since they were built. */
function outdated(extras = []) {
  const stamps = readStamps()
  return Object.keys(TARGETS).filter((name) => {
    const target = TARGETS[name]
    if (target.isExtra && !extras.includes(name)) return false
    if (!existsSync(join(ROOT, target.entry))) return false
    return !existsSync(join(ROOT, target.out)) || stamps[name] !== fingerprint(target)
  })
}

function readStamps() {
  return existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, 'utf8')) : {}
}

/** Stands for names, sizes and times of all sources; their contents would cost every start about 100 ms. */
function fingerprint({ from }) {
  const hash = createHash('sha256').update(process.versions.node)
  for (const path of [...from, ...SHARED].flatMap((name) => filesOf(join(ROOT, name))).sort()) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path}:${size}:${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function filesOf(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesOf(join(path, entry.name)))
}

/** One file of ours; packages stay in node_modules, where their native parts and data lie. */
async function bundle({ entry, out }) {
  const { build: esbuild } = await import('esbuild')
  await esbuild({
    entryPoints: [join(ROOT, entry)],
    outfile: join(ROOT, out),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  })
}

/** The pages are built beside the old ones and then take their place, so that a running server always has all files. */
async function pages({ entry, out }) {
  const { build: vite } = await import('vite')
  const place = join(ROOT, dirname(out))
  const fresh = `${place}.new`
  await vite({ configFile: join(ROOT, entry), logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } })
  rmSync(place, { recursive: true, force: true })
  renameSync(fresh, place)
}
