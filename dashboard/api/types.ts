import type { Static, TSchema } from 'typebox'
import type {
  DeadLetterView,
  NewPasswordAnswer,
  NewUserAnswer,
  Page,
  ResidentView,
  TelemetryPoint,
} from '../../server/contract/api.ts'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { CommandView, DeviceView, UnknownDeviceView } from '../../server/contract/device.ts'

/** Types of answers, each taken from its schema in the contract. */
type PageOf<T extends TSchema> = Static<ReturnType<typeof Page<T>>>

export type CasePage = PageOf<typeof CaseSummary>
export type DevicePage = PageOf<typeof DeviceView>
export type ResidentPage = PageOf<typeof ResidentView>
export type UnknownDevicePage = PageOf<typeof UnknownDeviceView>
export type CommandPage = PageOf<typeof CommandView>
export type DeadLetterPage = PageOf<typeof DeadLetterView>
export type DeadLetter = Static<typeof DeadLetterView>
export type TelemetryValue = Static<typeof TelemetryPoint>
export type NewUserPassword = Static<typeof NewUserAnswer>
export type NewPassword = Static<typeof NewPasswordAnswer>
