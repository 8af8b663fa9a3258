import { CALLS } from './calls.ts'
import { CARE } from './care.ts'
import { DANGERS } from './dangers.ts'
import { FAULTS } from './faults.ts'
import type { DefaultProtocol } from './write.ts'

/** The protocols as delivered; together they serve every kind of alarm at every risk. */
export const DEFAULT_PROTOCOLS: readonly DefaultProtocol[] = [...CALLS, ...DANGERS, ...CARE, ...FAULTS]
