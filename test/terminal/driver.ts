import type { Step } from '../../dashboard/terminal/call.ts'
import { parseCommand } from '../../dashboard/terminal/command.ts'
import { type Effect, type Input, initialState, type Saying, type State } from '../../dashboard/terminal/machine.ts'
import { update } from '../../dashboard/terminal/state.ts'

export const START = 1_763_900_000_000
/** A terminal whose clock the test moves; everything it did is noted. */
export class Driver {
  state: State
  now = START
  readonly effects: Effect[] = []

  constructor(state: State = { ...initialState(START), link: { state: 'online', since: START } }) {
    this.state = state
  }

  do(input: Input): this {
    const { state, effects } = update(this.state, input, this.now)
    this.state = state
    this.effects.push(...effects)
    return this
  }

  command(command: Record<string, unknown>): this {
    const parsed = parseCommand(JSON.stringify(command))
    if (parsed === null) throw new Error('no command')
    return this.do({ type: 'command', command: parsed, noticeId: `n${this.effects.length}` })
  }

  /** Lets time pass, with a tick each second as the page has them. */
  wait(seconds: number): this {
    for (let n = 0; n < seconds; n++) {
      this.now += 1000
      this.do({ type: 'tick' })
    }
    return this
  }

  get step(): Step | undefined {
    return this.state.call?.step
  }

  get said(): Saying[] {
    return this.effects.flatMap((effect) => (effect.do === 'say' ? [effect.saying] : []))
  }

  get recorded(): string[] {
    return this.effects.flatMap((effect) => (effect.do === 'record' ? [effect.type] : []))
  }

  get replies(): unknown[] {
    return this.effects.flatMap((effect) => (effect.do === 'reply' ? [{ id: effect.id, ...effect.body }] : []))
  }
}
