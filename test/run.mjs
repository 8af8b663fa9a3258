/**
 * `npm test`: installs packages and the programs that tests need, builds (the browser tests use the built pages), and
 * runs vitest. Arguments go to vitest: `npm test -- test/store`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { checkNode, fail, install, ROOT, run, say } from '../server/prepare.mjs'

/** What tests need besides packages, and the Debian package that brings it. */
const NEEDED = [
  { name: 'influxd', debian: 'influxdb', found: () => hasProgram('influxd') },
  { name: 'chromium', debian: 'chromium', found: () => hasProgram('chromium') },
  { name: 'mosquitto_pub', debian: 'mosquitto-clients', found: () => hasProgram('mosquitto_pub') },
  ...(process.env.SUITE === 'long'
    ? [{ name: 'turnserver', debian: 'coturn', found: () => hasProgram('turnserver') }]
    : []),
  { name: 'a Chinese font', debian: 'fonts-noto-cjk', found: hasChineseFont },
]

function hasProgram(name) {
  // Some Debian packages put servers into sbin, which a user's PATH leaves out.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)))
}

function hasChineseFont() {
  const listed = spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' })
  return listed.status === 0 && listed.stdout.trim() !== ''
}

async function ensurePrograms() {
  const missing = NEEDED.filter(({ found }) => !found())
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  const packages = missing.map(({ debian }) => debian)
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  const isRoot = process.getuid?.() === 0
  if (!isRoot || !hasProgram('apt-get')) fail(`The tests need ${names}; on Debian run: sudo ${command}`)
  say(`Installing ${packages.join(', ')} for the tests …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // An unreachable source must not stop the installation of what the others have; that tells by itself.
  if ((await run('apt-get', ['update', '-q'], env)) !== 0) say('apt-get update reported errors (above); going on')
  const [program = '', ...args] = command.split(' ')
  if ((await run(program, args, env)) !== 0) fail(`The tests need ${names}, and this failed: ${command}`)
  const still = NEEDED.filter(({ found }) => !found())
  if (still.length > 0) fail(`Not found after installing them: ${still.map(({ name }) => name).join(', ')}`)
}

checkNode()
await install()
await ensurePrograms()
const { build } = await import('../server/build.mjs')
if (!(await build())) fail('Build failed; its message is above')
process.exitCode = await run(process.execPath, [
  join(ROOT, 'node_modules/vitest/vitest.mjs'),
  'run',
  ...process.argv.slice(2),
])
