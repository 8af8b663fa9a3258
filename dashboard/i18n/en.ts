import { audit } from './en/audit.ts'
import { caseFile } from './en/case-file.ts'
import { centre } from './en/centre.ts'
import { connect } from './en/connect.ts'
import { desk } from './en/desk.ts'
import { detection } from './en/detection.ts'
import { deviceTerms } from './en/device-terms.ts'
import { devices } from './en/devices.ts'
import { drills } from './en/drills.ts'
import { duty } from './en/duty.ts'
import { escalation } from './en/escalation.ts'
import { levels } from './en/levels.ts'
import { office } from './en/office.ts'
import { protocols } from './en/protocols.ts'
import { quality } from './en/quality.ts'
import { reports } from './en/reports.ts'
import { search } from './en/search.ts'
import { shifts } from './en/shifts.ts'
import { statistics } from './en/statistics.ts'
import { terms } from './en/terms.ts'
import { voice } from './en/voice.ts'
import { watch } from './en/watch.ts'
import type { Messages } from './zh-CN.ts'

/** English, written for an operator in an alarm centre rather than translated word by word. */
export const en: Messages = {
  ...terms,
  ...desk,
  ...office,
  ...deviceTerms,
  ...devices,
  ...connect,
  ...statistics,
  ...detection,
  ...watch,
  ...centre,
  ...audit,
  ...drills,
  ...protocols,
  ...escalation,
  ...levels,
  ...quality,
  ...caseFile,
  ...voice,
  ...duty,
  ...shifts,
  ...search,
  ...reports,
}
