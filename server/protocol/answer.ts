import type { CaseFollow, CasePlan } from '../cases/rules.ts'
import { DomainError } from '../contract/errors.ts'
import type { ProtocolAnswer, StepAnswer } from '../contract/protocol.ts'
import { answerOf, mayAnswer } from '../contract/protocol-run.ts'
import { keepChoice, protocolState } from './of-case.ts'

type AnswerBody = Omit<StepAnswer, 'version'>

/** Answers one step of a case's protocol, and says which commands follow. */
export function planAnswer(body: AnswerBody): CasePlan {
  return async ({ tx, now, current, actorId }) => {
    // Of a case that was claimed before there were protocols.
    await keepChoice(tx, current, now)
    const { run, steps, version } = await protocolState(tx, current, now)
    const may = mayAnswer(run, body.stepId)
    if (may === null) {
      throw new DomainError(
        'step_not_open',
        'This step is not the current one, nor one that was answered. Look at the case again.',
      )
    }
    const step = steps.find(({ id }) => id === body.stepId)
    const answer = answerOf(steps, { stepId: body.stepId, key: body.answer })
    if (!step || !answer) throw wrong('answer', 'is no answer of this step')
    await tx
      .insertInto('case_step')
      .values({
        case_id: current.case_id,
        version,
        step_id: step.id,
        key: answer.key,
        at: new Date(now),
        user_id: actorId,
        note: body.note ?? null,
        case_version: current.version + 1,
      })
      .execute()
    const detail = {
      version,
      stepId: step.id,
      key: answer.key,
      text: step.text,
      label: answer.label,
      ...(answer.contact === null ? {} : { contact: answer.contact }),
      ...(body.note === undefined ? {} : { note: body.note }),
      ...(may === 'again' ? { again: true } : {}),
    }
    return { detail, commands: commandsOf(answer, body, current.state === 'on_scene') }
  }
}

/** What an answer does with the case; what the operator left out is as the protocol has it, in Chinese. */
function commandsOf({ action }: ProtocolAnswer, body: AnswerBody, onScene: boolean): CaseFollow[] {
  if (body.dispatch && action?.type !== 'dispatch') throw wrong('dispatch', 'this answer sends nobody')
  if (body.resolve && action?.type !== 'resolve') throw wrong('resolve', 'this answer does not end the case')
  switch (action?.type) {
    case undefined:
      return []
    case 'arrive':
      return onScene ? [] : [{ action: 'arrive', body: {} }]
    case 'dispatch': {
      const to = body.dispatch?.to ?? action.to?.['zh-CN']
      const text = body.dispatch?.text ?? action.text?.['zh-CN']
      return [{ action: 'dispatch', body: { ...(to ? { to } : {}), ...(text ? { text } : {}) } }]
    }
    case 'resolve': {
      const reason = body.resolve?.reason ?? action.reason?.['zh-CN']
      if (!reason) throw wrong('resolve.reason', 'is missing')
      const contact = body.resolve?.contact
      const outcome = body.resolve?.outcome ?? action.outcome
      return [{ action: 'resolve', body: { outcome, reason, ...(contact ? { contact } : {}) } }]
    }
  }
}

const wrong = (field: string, message: string) =>
  new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors: [{ field, message }] })
