/** A process for spool.test.ts to kill: appends numbered rows for ever and says which of them the spool has taken. */
import { pino } from 'pino'
import { Spool } from '../../server/store/telemetry/spool.ts'

const [directory = ''] = process.argv.slice(2)
const log = pino({ level: 'silent' })
const spool = new Spool({ directory, segmentBytes: 20_000, log, onDropped: () => process.exit(3) })
await spool.start()
for (let n = 0; ; n += 1) {
  await spool.append([{ deviceId: `device-${n % 7}`, ts: n, fields: { hr: n } }])
  process.stdout.write(`${n}\n`)
}
