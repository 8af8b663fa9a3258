/**
 * What `npm start`, `npm run build` and `npm test` need before anything else: the right Node and the packages. Plain JavaScript on Node's own modules, because it runs in a fresh clone without node_modules.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const LEAST_NODE = [20, 19]

/** Prints one line for the person at the terminal. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** Ends the process with one clear line. */
export function fail(line) {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

/** Whether Node's version (`20.19.1`) is new enough. */
export function isNodeSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor, leastMinor] = LEAST_NODE
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** Ends the process when Node is too old. */
export function checkNode() {
  if (isNodeSupported(process.versions.node)) return
  fail(`Node ${process.versions.node} is too old: install Node ${LEAST_NODE.join('.')} or newer (https://nodejs.org)`)
}

/** Runs a program in the project's folder with our terminal; resolves to its exit code (1 for a signal). */
export function run(program, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' })
    // A terminal's Ctrl-C reaches the child as well; we end after it. Other ends are passed on.
    const wait = () => undefined
    const passOn = () => child.kill('SIGTERM')
    process.on('SIGINT', wait).on('SIGTERM', passOn)
    child.on('error', reject)
    child.on('exit', (code) => {
      process.off('SIGINT', wait).off('SIGTERM', passOn)
      resolve(code ?? 1)
    })
  })
}

/** Installs the packages when one is missing or of another version than package-lock.json says. */
export async function install() {
  const reason = whyInstall()
  if (!reason) return
  say(`Installing packages (${reason}) …`)
  const args = ['install', '--no-audit', '--no-fund', '--include=dev', '--include=optional']
  // Under npm its own program is known; `npm` in the PATH may be another one, or missing.
  const npm = process.env.npm_execpath
  const code = await (npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args)).catch((error) =>
    fail(`npm can't be run: ${error.message}`),
  )
  if (code !== 0) fail(`npm install failed (exit code ${code}); its message is above`)
}

/**
 * Why packages have to be installed, or null. Compares what npm has written down as installed with the lock file, not
 * times, which a checkout or a copy changes.
 */
export function whyInstall(root = ROOT) {
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'))
  if (!installed) return 'there are none yet'
  const wanted = readPackages(join(root, 'package-lock.json'))
  if (!wanted) return 'package-lock.json is missing'
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || !isNeededHere(entry)) continue
    const name = path.replace('node_modules/', '')
    if (!installed[path]) return `${name} is missing`
    if (installed[path].version !== entry.version) return `${name} is of another version`
  }
  const { dependencies = {}, devDependencies = {} } = wanted[''] ?? {}
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    if (!existsSync(join(root, 'node_modules', name, 'package.json'))) return `${name} is missing`
  }
  return null
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null
}

/** An optional package is needed when it is made for this platform. One for a certain C library is left to npm. */
function isNeededHere({ optional, devOptional, os, cpu, libc }) {
  if (!optional && !devOptional) return true
  return Boolean(os?.includes(process.platform) && cpu?.includes(process.arch) && !libc)
}
