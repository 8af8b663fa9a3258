import { parseArgs } from 'node:util'
import { audit } from './audit.ts'
import { bridge } from './bridge.ts'
import { caseScreen } from './case-screen.ts'
import { connections } from './connections.ts'
import { decode } from './decode.ts'
import { detection } from './detection.ts'
import { detectors } from './detectors.ts'
import { ingest } from './ingest.ts'
import { press } from './press.ts'
import { screen } from './screen.ts'
import { search } from './search.ts'
import { supervision } from './supervision.ts'

const BENCHES: Record<string, () => Promise<object>> = {
  press,
  ingest,
  screen,
  decode,
  connections,
  bridge,
  detection,
  detectors,
  supervision,
  audit,
  search,
  'case-screen': caseScreen,
}

/** `npm run bench -- NAME [--json]`: figures of one benchmark, as one line of JSON or as readable lines. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const [name = ''] = positionals
const bench = BENCHES[name]
if (!bench) {
  process.stderr.write(`Say which benchmark: ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(2)
}
const figures = await bench()
process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`)
process.exit(0)
