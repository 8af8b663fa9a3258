import { parseArgs } from 'node:util'
import { audit } from './audit.ts'
import { bridge } from './bridge.ts'
import { caseScreen } from './case-screen.ts'
import { connections } from './connections.ts'
import { decode } from './decode.ts'
import { DESK_LOAD, desk } from './desk.ts'
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
  desk: () => desk(deskLoad()),
}

/** `npm run bench -- NAME [--json]`: figures of one benchmark, as one line of JSON or as readable lines. The rest is for `desk`. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    operators: { type: 'string' },
    seconds: { type: 'string' },
    rate: { type: 'string' },
    open: { type: 'string' },
    ready: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
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

function deskLoad() {
  const number = (name: 'operators' | 'seconds' | 'rate' | 'open') => {
    const given = values[name]
    if (given === undefined) return DESK_LOAD[name]
    if (/^\d{1,5}$/.test(given)) return Number(given)
    process.stderr.write(`--${name} needs a number, not ${given}\n`)
    process.exit(2)
  }
  return {
    operators: number('operators'),
    seconds: number('seconds'),
    rate: number('rate'),
    open: number('open'),
    ready: values.ready,
    keys: true,
    profile: values.profile,
  }
}
