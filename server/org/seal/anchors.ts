import { appendFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Seal } from './canonical.ts'

const EVERY_MS = 60_000

/**
 * Notes the newest seal where the database's owner can't reach: in the log, and in a file (on another machine, best).
 * A file that can't be written stops nothing; it is said in the log and tried again.
 */
export function createAnchors({ log, anchorFile }: { log: Logger; anchorFile: string | null }) {
  let waiting: Seal | null = null
  let notedAt = Number.NEGATIVE_INFINITY
  return {
    async note(latest: Seal | null, now: number): Promise<void> {
      waiting = latest ?? waiting
      if (waiting === null || now - notedAt < EVERY_MS) return
      const anchor = { seal: waiting.sealNo, hash: waiting.hash.toString('hex'), at: waiting.sealedAt.toISOString() }
      notedAt = now
      log.info({ anchor }, 'audit sealed')
      if (anchorFile !== null) {
        try {
          await appendFile(anchorFile, `${JSON.stringify(anchor)}\n`)
        } catch (error) {
          log.error({ err: error }, 'the anchor file (AUDIT_ANCHOR_FILE) could not be written')
          return
        }
      }
      waiting = null
    },
  }
}

export interface Anchor {
  seal: number
  hash: string
}

/** Reads what `createAnchors` wrote. @throws Error naming the line that is none */
export function parseAnchors(text: string): Anchor[] {
  return text
    .split('\n')
    .map((line, n) => ({ line: line.trim(), n: n + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, n }) => {
      const anchor = parse(line)
      if (anchor === null) throw new Error(`line ${n} of the anchor file is no anchor`)
      return anchor
    })
}

function parse(line: string): Anchor | null {
  try {
    const { seal, hash } = JSON.parse(line) as Record<string, unknown>
    return Number.isInteger(seal) && typeof hash === 'string' ? { seal: seal as number, hash } : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
