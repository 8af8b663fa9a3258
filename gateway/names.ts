/** An error's name, for the log: its message could quote what a device sent. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
