import type { EscalationStep, EscalationTarget } from '../contract/escalation.ts'
import type { NotifyChannel, RecipientKind } from '../contract/notify.ts'

/** Who a step reaches, and by which way. Pure: what is known of people comes in as a `World`. */
export interface Person {
  userId: string
  displayName: string
  role: string
  email: boolean
  phone: boolean
  onDuty: boolean
  /** The console is open, on duty or not. */
  atDesk: boolean
}

export interface Group {
  groupId: string
  name: string
  email: boolean
  phone: boolean
}

export interface World {
  /** Accounts that may sign in. */
  people: readonly Person[]
  groups: readonly Group[]
  channels: Readonly<Record<NotifyChannel, boolean>>
}

export interface Recipient {
  channel: NotifyChannel
  kind: RecipientKind
  /** Of a user or group its id; of a contact its place in the resident's order; else ''. */
  id: string
  name: string
  /** How long after the step, ms: contacts are called one after the other. */
  delayMs: number
}

/** A contact has as long to answer, and is asked as often ("press 1", twice round). */
const CALL_GAP_MS = 45_000
const CALL_ROUNDS = 2

/**
 * Everybody whom a step reaches now, each once per channel.
 * @param contacts places of the resident's contacts that have a telephone, in order
 */
export function recipientsOf(step: EscalationStep, world: World, contacts: readonly number[]): Recipient[] {
  const found = step.channels
    .filter((channel) => world.channels[channel])
    .flatMap((channel) => ofChannel(channel, step.targets, world, contacts))
  return [...new Map(found.map((one) => [`${one.channel} ${one.kind} ${one.id} ${one.delayMs}`, one])).values()]
}

function ofChannel(
  channel: NotifyChannel,
  targets: readonly EscalationTarget[],
  world: World,
  contacts: readonly number[],
): Recipient[] {
  const people = targets.flatMap((target) => peopleOf(target, world))
  switch (channel) {
    case 'desk':
      // One mark on all desks, when one of those who are meant sits at one. Whoever has the console open hears the alarm, even
      // before the shift has begun.
      return [...people, ...(targets.some(({ type }) => type === 'on_duty') ? world.people : [])].some(
        ({ atDesk }) => atDesk,
      )
        ? [{ channel, kind: 'desks', id: '', name: '', delayMs: 0 }]
        : []
    case 'webhook':
      return [{ channel, kind: 'system', id: '', name: '', delayMs: 0 }]
    case 'email':
      return [...people, ...groupsOf(targets, world)].filter(({ email }) => email).map((one) => toOne(channel, one))
    case 'sms':
    case 'voice': {
      const reached = [...people, ...groupsOf(targets, world)].filter(({ phone }) => phone)
      const called = targets.some(({ type }) => type === 'contacts') ? ladder(channel, contacts) : []
      return [...reached.map((one) => toOne(channel, one)), ...called]
    }
  }
}

function toOne(channel: NotifyChannel, one: Person | Group): Recipient {
  return 'userId' in one
    ? { channel, kind: 'user', id: one.userId, name: one.displayName, delayMs: 0 }
    : { channel, kind: 'group', id: one.groupId, name: one.name, delayMs: 0 }
}

function ladder(channel: 'sms' | 'voice', contacts: readonly number[]): Recipient[] {
  const rounds = channel === 'voice' ? CALL_ROUNDS : 1
  return Array.from({ length: rounds }, (_, round) =>
    contacts.map((place, n): Recipient => {
      const delayMs = channel === 'voice' ? (round * contacts.length + n) * CALL_GAP_MS : 0
      return { channel, kind: 'contact', id: String(place), name: '', delayMs }
    }),
  ).flat()
}

function peopleOf(target: EscalationTarget, { people }: World): Person[] {
  switch (target.type) {
    case 'on_duty':
      return people.filter(({ onDuty }) => onDuty)
    case 'role':
      return people.filter(({ role }) => role === target.role)
    case 'users':
      return people.filter(({ userId }) => target.userIds.includes(userId))
    case 'contacts':
    case 'responders':
      return []
  }
}

function groupsOf(targets: readonly EscalationTarget[], { groups }: World): Group[] {
  return targets.flatMap((target) =>
    target.type === 'responders' ? groups.filter(({ groupId }) => groupId === target.groupId) : [],
  )
}
