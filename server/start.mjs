/**
 * `npm start`: installs what is missing, builds what has changed, and runs the server with the demo city (DEMO=0
 * without). `npm run build` is the same with `--build-only`; what is named after it is built as well (`bench`).
 */
import { pathToFileURL } from 'node:url'
import { checkNode, fail, install, ROOT } from './prepare.mjs'

checkNode()
await install()
const { build, buildHere } = await import('./build.mjs')

if (process.argv.includes('--build-only')) {
  const extras = process.argv.slice(process.argv.indexOf('--build-only') + 1)
  await buildHere(extras).catch((error) => fail(`Build failed: ${error.message}`))
} else {
  if (!(await build())) fail('Build failed; its message is above')
  // Written so that an old Node still reads this file and can say that it is too old.
  if (process.env.DEMO === undefined) process.env.DEMO = '1'
  process.setSourceMapsEnabled(true)
  // In this very process: Ctrl-C, SIGTERM and kill -9 meet the server itself, its exit code is ours, and there is no
  // parent that could outlive it or be killed without it.
  await import(pathToFileURL(`${ROOT}/dist/server/main.js`).href)
}
