/** What a case is for. Only real ones count in figures, and only they may reach anybody outside the centre. */
export const CASE_PURPOSES = ['real', 'drill', 'self_test'] as const
export type CasePurpose = (typeof CASE_PURPOSES)[number]

/** The device of the platform's test of itself; whatever it says is a test. */
export const SELF_TEST_DEVICE = 'anhu-selftest'
/** What alarms come from that a supervisor raises in a drill. Nobody can log in as it. */
export const DRILL_DEVICE = 'anhu-drill'
/** What the platform says of itself: a self-test that fails. */
export const PLATFORM_DEVICE = 'anhu-platform'
/** They stand in no list of devices and can't be registered. */
export const OWN_DEVICES: readonly string[] = [SELF_TEST_DEVICE, DRILL_DEVICE, PLATFORM_DEVICE]
