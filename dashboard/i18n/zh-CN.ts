import type { Shape } from './shape.ts'
import { audit } from './zh-CN/audit.ts'
import { caseFile } from './zh-CN/case-file.ts'
import { centre } from './zh-CN/centre.ts'
import { connect } from './zh-CN/connect.ts'
import { desk } from './zh-CN/desk.ts'
import { detection } from './zh-CN/detection.ts'
import { deviceTerms } from './zh-CN/device-terms.ts'
import { devices } from './zh-CN/devices.ts'
import { drills } from './zh-CN/drills.ts'
import { duty } from './zh-CN/duty.ts'
import { escalation } from './zh-CN/escalation.ts'
import { levels } from './zh-CN/levels.ts'
import { office } from './zh-CN/office.ts'
import { protocols } from './zh-CN/protocols.ts'
import { quality } from './zh-CN/quality.ts'
import { reports } from './zh-CN/reports.ts'
import { search } from './zh-CN/search.ts'
import { shifts } from './zh-CN/shifts.ts'
import { statistics } from './zh-CN/statistics.ts'
import { terms } from './zh-CN/terms.ts'
import { voice } from './zh-CN/voice.ts'
import { watch } from './zh-CN/watch.ts'

/** Simplified Chinese, the default. Its keys are the type that every other language must fill. */
export const zhCN = {
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

/** Every text of the dashboard; a language that lacks one does not compile. */
export type Messages = Shape<typeof zhCN>
