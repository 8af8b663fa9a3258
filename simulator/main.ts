import { run } from './run.ts'

const end = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second time the process ends at once, as usual.
  process.once(signal, () => end.abort())
}
process.exitCode = await run({
  args: process.argv.slice(2),
  env: process.env,
  signal: end.signal,
  write: (line) => process.stdout.write(`${line}\n`),
})
