import { DomainError } from '../../contract/errors.ts'

/** A list that can't be taken at all. */
export const unreadable = (message: string): DomainError =>
  new DomainError('invalid_request', message, { errors: [{ field: 'body', message }] })
