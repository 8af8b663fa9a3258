/** The SQLSTATE of a PostgreSQL error, or the code of a connection error; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * Whether PostgreSQL does not know what it is asked, or does not allow it: class 42 (syntax error or access rule violation).
 * The schema or its rights are other than the program's; no retry helps, and only people can.
 */
export function isMisfit(error: unknown): boolean {
  return sqlState(error)?.startsWith('42') ?? false
}

/** unique_violation: another transaction was quicker; trying again sees its rows. */
export const UNIQUE_VIOLATION = '23505'

/**
 * Whether PostgreSQL refuses the data itself, so that trying again can't help: class 22 (data exception), 23 (integrity,
 * but not a lost race) and 54 (too complex). Everything else (connection, shutdown, disk full, locks) passes.
 * Source: PostgreSQL documentation, appendix A.
 */
export function isRefusal(error: unknown): boolean {
  const code = sqlState(error)
  return code !== undefined && code !== UNIQUE_VIOLATION && /^(22|23|54)...$/.test(code)
}
