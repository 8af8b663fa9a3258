import {
  type EscalationOptions,
  type EscalationPolicy,
  type EscalationStep,
  type EscalationTarget,
  TARGET_CHANNELS,
} from '../../../server/contract/escalation.ts'
import type { NotifyChannel } from '../../../server/contract/notify.ts'

/** A policy as its form holds it, and back. Pure. */

/** `on_duty`, `role:supervisor`, `contacts`, `user:ID`, `group:ID`: one entry of a list to choose from. */
export type TargetCode = string

export interface StepFields {
  afterSeconds: number | null
  targets: TargetCode[]
  channels: NotifyChannel[]
}

export interface PolicyFields {
  steps: StepFields[]
  rounds: number | null
  /** Minutes, as the other times of silence. */
  repeatAfter: number | null
  ackFor: number | null
  sentFor: number | null
}

export function codesOf(targets: readonly EscalationTarget[]): TargetCode[] {
  return targets.flatMap(codesOfOne)
}

function codesOfOne(target: EscalationTarget): TargetCode[] {
  switch (target.type) {
    case 'on_duty':
    case 'contacts':
      return [target.type]
    case 'role':
      return [`role:${target.role}`]
    case 'users':
      return target.userIds.map((userId) => `user:${userId}`)
    case 'responders':
      return [`group:${target.groupId}`]
  }
}

/** Named people become one target. */
export function targetsOf(codes: readonly TargetCode[]): EscalationTarget[] {
  const users = codes.flatMap((code) => (code.startsWith('user:') ? [code.slice(5)] : []))
  const others = codes.flatMap((code): EscalationTarget[] => {
    if (code === 'on_duty' || code === 'contacts') return [{ type: code }]
    if (code === 'role:supervisor') return [{ type: 'role', role: 'supervisor' }]
    if (code === 'role:admin') return [{ type: 'role', role: 'admin' }]
    if (code.startsWith('group:')) return [{ type: 'responders', groupId: code.slice(6) }]
    return []
  })
  return users.length === 0 ? others : [...others, { type: 'users', userIds: users }]
}

/** The first of the chosen that none of the chosen ways reaches; null: all can be reached. */
export function notReached(codes: readonly TargetCode[], channels: readonly NotifyChannel[]): TargetCode | null {
  if (channels.length === 0) return null
  return (
    codes.find((code) =>
      targetsOf([code]).some(({ type }) => !channels.some((channel) => TARGET_CHANNELS[type].includes(channel))),
    ) ?? null
  )
}

export function fieldsOf(policy: EscalationPolicy): PolicyFields {
  return {
    steps: policy.steps.map((step) => ({ ...step, targets: codesOf(step.targets) })),
    rounds: policy.rounds,
    repeatAfter: policy.repeatAfterSeconds / 60,
    ackFor: policy.acknowledgeForSeconds / 60,
    sentFor: policy.dispatchedForSeconds / 60,
  }
}

/** The policy in the form, or null while something is missing or can not be. */
export function policyOf(fields: Partial<PolicyFields> | undefined): EscalationPolicy | null {
  const { steps = [], rounds, repeatAfter, ackFor, sentFor } = fields ?? {}
  const whole = steps.map(stepOf)
  if (whole.length === 0 || whole.some((step) => step === null)) return null
  const given = whole.filter((step) => step !== null)
  if (given.some((step, n) => step.afterSeconds < (given[n - 1]?.afterSeconds ?? 0))) return null
  if (!rounds || !repeatAfter || !ackFor || !sentFor) return null
  return {
    steps: given,
    rounds,
    repeatAfterSeconds: Math.round(repeatAfter * 60),
    acknowledgeForSeconds: Math.round(ackFor * 60),
    dispatchedForSeconds: Math.round(sentFor * 60),
  }
}

function stepOf(step: Partial<StepFields> | undefined): EscalationStep | null {
  const { afterSeconds = null, targets = [], channels = [] } = step ?? {}
  if (afterSeconds === null || targets.length === 0 || channels.length === 0) return null
  return notReached(targets, channels) === null ? { afterSeconds, targets: targetsOf(targets), channels } : null
}

/** What a code stands for, in the words of its list. */
export function labelOf(
  code: TargetCode,
  options: EscalationOptions | undefined,
  words: { fixed(code: string): string; group(name: string): string; unknown: string },
): string {
  if (code.startsWith('user:')) {
    return options?.users.find(({ userId }) => userId === code.slice(5))?.displayName ?? words.unknown
  }
  if (code.startsWith('group:')) {
    const id = code.slice(6)
    return words.group(options?.groups.find(({ groupId }) => groupId === id)?.name ?? id)
  }
  return words.fixed(code.replace('role:', ''))
}
