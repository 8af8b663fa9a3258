/** Times and sizes of calls, apart from the schemas: the terminal's script must stay small. */

/** A ringing call that nobody takes is over after this, ms. */
export const RING_MS = 30_000
/** How often a desk says that it is there, and after which silence the call counts as lost, ms. */
export const ALIVE_MS = 5_000
export const SILENT_MS = 30_000

/** Largest part of a recording, bytes; parts at most. */
export const RECORDING_PART_BYTES = 1024 * 1024
export const RECORDING_PARTS = 2_000
