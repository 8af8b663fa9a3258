import Type, { type Static } from 'typebox'

/** Every error code the API answers with, and its HTTP status. One place, so that documents and clients agree. */
export const ERROR_CODES = {
  invalid_request: 400,
  not_signed_in: 401,
  wrong_credentials: 401,
  forbidden: 403,
  cross_site_request: 403,
  not_found: 404,
  stale_version: 409,
  already_exists: 409,
  case_taken: 409,
  not_owner: 409,
  wrong_state: 409,
  other_case_open: 409,
  /** Nobody has reached the resident: the case can't end as false. */
  no_contact: 409,
  /** Neither contact nor visit: another user has to agree. */
  second_person_needed: 409,
  same_person: 409,
  step_not_open: 409,
  notices_unread: 409,
  cases_in_hand: 409,
  roster_conflict: 409,
  own_account: 409,
  last_admin: 409,
  no_terminal: 409,
  terminal_offline: 409,
  call_open: 409,
  drill_case: 409,
  no_telephone: 409,
  not_recorded: 409,
  recording_incomplete: 409,
  bad_signature: 401,
  payload_too_large: 413,
  too_many_rows: 422,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  store_unavailable: 503,
} as const
export type ErrorCode = keyof typeof ERROR_CODES

/** RFC 9457 `application/problem+json`. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.Enum(Object.keys(ERROR_CODES)),
  detail: Type.String({ description: 'What happened and what to do' }),
  errors: Type.Optional(
    Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), { description: 'Each wrong field' }),
  ),
  version: Type.Optional(Type.Integer({ description: 'With stale_version: the current one' })),
})
export type Problem = Static<typeof Problem>

/** An error that a caller is to be told about. `detail` must hold no personal data. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly extra: Partial<Pick<Problem, 'errors' | 'version'>>
  constructor(code: ErrorCode, detail: string, extra: Partial<Pick<Problem, 'errors' | 'version'>> = {}) {
    super(detail)
    this.code = code
    this.extra = extra
  }
}
