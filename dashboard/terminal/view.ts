import { type Call, needsOtherWay, waitingOf } from './call.ts'
import { isIdle, type Notice, type State } from './machine.ts'
import type { LinkView } from './mqtt/link-view.ts'
import type { Power } from './power.ts'
import { isInstalled, type Settings } from './settings.ts'
import type { Words } from './words/words.ts'

/** What is on the screen, as a pure function of what the terminal knows. */
export interface View {
  screen: 'setup' | 'home' | 'answer' | 'notice' | 'elsewhere'
  isDim: boolean
  /** The screen of a talk lies above all but the keys. */
  isInVoice: boolean
  time: string
  weekday: string
  status: { name: string; link: string; battery: string }
  isOnline: boolean
  /** Colour and symbol of the full-screen answer. */
  tone: Tone
  word: string
  line: string
  /** How long it has been so. */
  elapsed: string | null
  /** What else can be done. */
  advice: string | null
  phone: string | null
  steps: readonly { tone: Tone; word: string; progress: 'done' | 'now' | 'ahead' }[]
  /** What the right key does. */
  right: 'help' | 'cancel' | 'understood'
  redHint: string
  strip: { text: string; tone: 'calm' | 'trouble' }
}

export type Tone =
  | 'sending'
  | 'trouble'
  | 'received'
  | 'answered'
  | 'dispatched'
  | 'arrived'
  | 'closed'
  | 'cancelled'
  | 'message'
  | 'ring'

export interface Known {
  state: State
  power: Power
  settings: Settings
  words: Words
  /** Another window of this terminal is in use. */
  hasStoodDown: boolean
  isInVoice: boolean
  now: number
}

type Stage = Pick<View, 'tone' | 'word' | 'line' | 'elapsed' | 'advice' | 'phone' | 'steps' | 'right'>

/** The whole screen at one moment. */
export function viewOf(known: Known): View {
  const { state, settings, words, now } = known
  const screen = screenOf(known)
  const time = new Date(now)
  const isSlip = state.slip !== null
  return {
    screen,
    isDim: screen === 'home' && isIdle(state, now) && !known.isInVoice,
    isInVoice: known.isInVoice,
    time: clockText(time),
    weekday: words.weekdays[time.getDay()] ?? '',
    status: statusOf(known),
    isOnline: state.link.state === 'online',
    redHint: isSlip ? words.hold : state.call === null ? words.keys.sos.hint : words.again,
    strip: isSlip && screen === 'home' ? { text: words.hold, tone: 'trouble' } : stripOf(state.link, words, now),
    ...stageOf(screen, state, settings, words, now),
  }
}

/** 24 hours, as `09:05`. */
export function clockText(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}`
}

function screenOf({ state, settings, hasStoodDown }: Known): View['screen'] {
  if (hasStoodDown) return 'elsewhere'
  if (state.notices.length > 0) return 'notice'
  if (state.call !== null) return 'answer'
  return isInstalled(settings) ? 'home' : 'setup'
}

function statusOf({ state, power, settings, words }: Known): View['status'] {
  const { reading } = power
  return {
    name: settings.name,
    link: words.links[state.link.state],
    battery: reading === null ? '' : words.battery(reading.level, reading.charging),
  }
}

function stripOf({ state, since }: LinkView, words: Words, now: number): View['strip'] {
  const isCalm = state === 'online' || state === 'connecting'
  return { text: words.strip[state](words.elapsed(now - since)), tone: isCalm ? 'calm' : 'trouble' }
}

const EMPTY: Stage = {
  tone: 'closed',
  word: '',
  line: '',
  elapsed: null,
  advice: null,
  phone: null,
  steps: [],
  right: 'help',
}

function stageOf(screen: View['screen'], state: State, settings: Settings, words: Words, now: number): Stage {
  const [notice] = state.notices
  if (screen === 'notice' && notice !== undefined) return noticeStage(notice, state.notices.length - 1, words)
  if (screen === 'answer' && state.call !== null) return callStage(state.call, state.link, settings, words, now)
  if (screen === 'elsewhere') {
    const { word, line } = words.elsewhere
    return { ...EMPTY, tone: 'trouble', word, line, right: 'understood' }
  }
  return EMPTY
}

function noticeStage(notice: Notice, more: number, words: Words): Stage {
  const advice = more > 0 ? words.notice.more(more) : null
  return notice.kind === 'ring'
    ? { ...EMPTY, tone: 'ring', word: words.notice.ring, advice, right: 'understood' }
    : { ...EMPTY, tone: 'message', word: notice.text, line: words.notice.message, advice, right: 'understood' }
}

function callStage(call: Call, link: LinkView, settings: Settings, words: Words, now: number): Stage {
  const isStuck = needsOtherWay(call, link, now)
  const isUnanswered = isStuck && call.step === 'received'
  const isOver = (call.step === 'closed' || call.step === 'cancelled') && call.unsent.length === 0
  const phone = isStuck && settings.phone !== '' ? settings.phone : null
  const message = messageOf(call, link, words, now)
  return {
    ...message,
    line: isUnanswered ? words.unanswered : message.line,
    elapsed: isOver ? null : elapsedOf(call, words, now),
    advice: isStuck && phone === null ? words.shout : null,
    phone,
    // The telephone needs their place.
    steps: phone === null && message.tone !== 'trouble' ? stepsOf(call, words) : [],
    right: isOver || call.step === 'arrived' ? 'understood' : 'cancel',
  }
}

/** How long the person has waited, or how long ago the news came. */
function elapsedOf(call: Call, words: Words, now: number): string {
  const isWaiting = call.step === 'sending' || call.step === 'received' || call.step === 'cancelled'
  return isWaiting ? words.waited(words.elapsed(now - call.startedAt)) : words.ago(words.elapsed(now - call.since))
}

function messageOf(call: Call, link: LinkView, words: Words, now: number): Pick<Stage, 'tone' | 'word' | 'line'> {
  const waiting = waitingOf(call, link, now)
  if (waiting !== null && waiting !== 'received') {
    const { word, line } = words.waiting[waiting]
    const isCancel = call.step === 'cancelled' && waiting === 'sending'
    const tone: Tone = waiting === 'sending' || waiting === 'slow' ? 'sending' : 'trouble'
    return { tone, word: isCancel ? words.cancelling : word, line }
  }
  const { word, line } = words.steps[call.step]
  return { tone: call.step, word, line: call.text ?? line }
}

const SHOWN_STEPS = ['received', 'answered', 'dispatched', 'arrived'] as const
const REACHED: Record<Call['step'], number> = {
  sending: -1,
  received: 0,
  answered: 1,
  dispatched: 2,
  arrived: 3,
  closed: 4,
  cancelled: -1,
}

function stepsOf(call: Call, words: Words): View['steps'] {
  if (call.step === 'cancelled') return []
  const reached = REACHED[call.step]
  return SHOWN_STEPS.map((step, n) => ({
    tone: step,
    word: words.stepNames[step],
    progress: n < reached ? 'done' : n === reached ? 'now' : 'ahead',
  }))
}
