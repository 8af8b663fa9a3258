import {
  type EscalationPolicy,
  type EscalationStep,
  type EscalationTarget,
  type EscalationWarning,
  TARGET_CHANNELS,
} from '../contract/escalation.ts'
import type { NotifyChannel } from '../contract/notify.ts'
import { recipientsOf, type World } from './recipients.ts'

/** Any resident has contacts, as far as a policy knows. */
const SOME_CONTACTS = [1]

/** What of a policy would come to nothing if it were needed now, by step. Pure. */
export function warningsOf(policy: EscalationPolicy, world: World): EscalationWarning[] {
  const duty = world.people.some(({ onDuty }) => onDuty) ? [] : [warning('nobody_on_duty', null)]
  return [...duty, ...policy.steps.flatMap((step, n) => ofStep(step, n + 1, world))]
}

function ofStep(step: EscalationStep, n: number, world: World): EscalationWarning[] {
  const unset = step.channels.filter((channel) => !world.channels[channel])
  const reached = recipientsOf(step, world, SOME_CONTACTS)
  return [
    ...(reached.length === 0 ? [warning('step_unreachable', n)] : []),
    ...unset.map((channel) => warning('channel_unset', n, channel)),
    ...step.targets.flatMap((target) => ofTarget(target, step.channels, n, world)),
  ]
}

function ofTarget(
  target: EscalationTarget,
  channels: readonly NotifyChannel[],
  n: number,
  world: World,
): EscalationWarning[] {
  if (target.type === 'responders') {
    const group = world.groups.find(({ groupId }) => groupId === target.groupId)
    return group === undefined
      ? [warning('group_unknown', n, null, target.groupId)]
      : unaddressed(group, group.name, channels, n, world)
  }
  if (target.type !== 'users') return []
  return target.userIds.flatMap((userId) => {
    const person = world.people.find((one) => one.userId === userId)
    if (person === undefined) return [warning('user_disabled', n, null, userId)]
    return unaddressed(person, person.displayName, channels, n, world)
  })
}

function unaddressed(
  one: { email: boolean; phone: boolean },
  name: string,
  channels: readonly NotifyChannel[],
  n: number,
  world: World,
): EscalationWarning[] {
  return channels
    .filter((channel) => world.channels[channel])
    .filter(
      (channel) => (channel === 'email' && !one.email) || ((channel === 'sms' || channel === 'voice') && !one.phone),
    )
    .map((channel) => warning('no_address', n, channel, name))
}

const warning = (
  code: EscalationWarning['code'],
  step: number | null,
  channel: NotifyChannel | null = null,
  who: string | null = null,
): EscalationWarning => ({ code, step, channel, who })

/** What is wrong with a policy beyond its schema, by field. Empty: it may be published. */
export function mistakesOf(policy: EscalationPolicy): { field: string; message: string }[] {
  return policy.steps.flatMap((step, n) => {
    const field = (name: string) => `policy.steps.${n}.${name}`
    const before = policy.steps[n - 1]?.afterSeconds ?? 0
    const early =
      step.afterSeconds < before
        ? [{ field: field('afterSeconds'), message: `must not be less than ${before}, the step before` }]
        : []
    const idle = step.targets.flatMap((target, m) =>
      step.channels.some((channel) => TARGET_CHANNELS[target.type].includes(channel))
        ? []
        : [
            {
              field: field(`targets.${m}`),
              message: `${target.type} can be reached by ${TARGET_CHANNELS[target.type].join(', ')} only`,
            },
          ],
    )
    return [...early, ...idle]
  })
}
