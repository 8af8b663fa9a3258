import { indexText, type WatchReply } from '../wire/watch.ts'

/** Words that the watch sends and that must be answered, with the answer. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['LK', 'LK'],
  ['INIT', 'INIT,1'],
  ['bphrt', 'bphrt'],
  ['oxygen', 'oxygen,1'],
])

interface Due {
  answer: string
  index: string
  /** Ms, of a clock that does not jump. */
  since: number
}

/** The answers that a watch waits for, in the order in which they must come. */
export class DueAnswers {
  #due: Due[] = []

  get size(): number {
    return this.#due.length
  }

  /** The next one; null: none is due. */
  get next(): string | null {
    return this.#due[0]?.answer ?? null
  }

  /** Something was said, under this running number; most of it wants an answer. */
  said(content: string, index: number, now: number): void {
    const answer = ANSWERS.get(content.split(',')[0] ?? '')
    if (answer !== undefined) this.#due.push({ answer, index: indexText(index), since: now })
  }

  /** Whether the reply is the one that is due, which is then waited for no more. @param hasIndex frames are numbered */
  take({ content, index }: WatchReply, hasIndex: boolean): boolean {
    const [due] = this.#due
    if (due?.answer !== content || (hasIndex && due.index !== index?.toUpperCase())) return false
    this.#due.shift()
    return true
  }

  /** Whether the next one has been waited for longer than this. */
  isLate(now: number, ms: number): boolean {
    const [due] = this.#due
    return due !== undefined && now - due.since > ms
  }

  clear(): void {
    this.#due = []
  }
}
