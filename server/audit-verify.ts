import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Anchor, parseAnchors } from './org/seal/anchors.ts'
import { type Verified, verifyChain } from './org/seal/verify.ts'
import { openStore } from './store/db.ts'
import { connectEmbedded } from './store/embedded/connect.ts'

const USAGE = `Usage: npm run audit:verify -- [--json] [--anchors FILE]
Goes over the sealed record of DATABASE_URL, or of the embedded database in DATA_DIR. Exit code 0: nothing was changed;
1: something was, the first is named; 2: it could not be verified.
  --json          one line of JSON at the end instead of text
  --anchors FILE  what AUDIT_ANCHOR_FILE has noted outside the database
`

/** The command `npm run audit:verify`. Reads only; the server may run meanwhile. */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json')
  const file = args[args.indexOf('--anchors') + 1]
  const known = args.every((arg, n) => arg === '--json' || arg === '--anchors' || args[n - 1] === '--anchors')
  if (!known || (args.includes('--anchors') && file === undefined)) {
    process.stderr.write(USAGE)
    return 2
  }
  const anchors = args.includes('--anchors') && file !== undefined ? parseAnchors(await readFile(file, 'utf8')) : []
  const url = process.env.DATABASE_URL
  const database = url
    ? { url, stop: async () => undefined }
    : await connectEmbedded(join(process.env.DATA_DIR ?? './data', 'postgres'), pino({ level: 'silent' }))
  try {
    return await verify(database.url, anchors, json)
  } finally {
    await database.stop()
  }
}

async function verify(url: string, anchors: readonly Anchor[], json: boolean): Promise<number> {
  const store = openStore({ url, as: 'owner', max: 1, onError: () => undefined })
  const began = performance.now()
  let saidAt = began
  try {
    const result = await verifyChain(store.db, {
      anchors,
      progress: ({ sealsDone, sealsTotal, rowsDone }) => {
        if (json || performance.now() - saidAt < 1_000) return
        saidAt = performance.now()
        process.stderr.write(`${sealsDone} of ${sealsTotal} seals, ${rowsDone} rows\n`)
      },
    })
    const seconds = Math.round(performance.now() - began) / 1000
    process.stdout.write(json ? `${JSON.stringify({ ...result, seconds })}\n` : report(result, seconds))
    return result.ok ? 0 : 1
  } finally {
    await store.close()
  }
}

function report({ ok, seals, rows, unsealed, problems, last }: Verified, seconds: number): string {
  const count = `${seals} seals over ${rows.audit} audit entries, ${rows.case_log} lines of cases, ${rows.signal} signals`
  const head = ok ? `The record is as it was written: ${count}` : `THE RECORD WAS CHANGED: ${count}`
  const lines = problems.map(({ fault, seal, text }) => `  seal ${seal}: ${fault}: ${text}`)
  const tail = last === null ? 'Nothing is sealed yet.' : `Newest seal ${last.seal} of ${last.sealedAt}: ${last.hash}`
  return `${[`${head}, in ${seconds} s.`, ...lines, `${unsealed} rows wait for their seal.`, tail].join('\n')}\n`
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`Not verified: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  },
)
