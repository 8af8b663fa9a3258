import { createStore } from '../ui/store.ts'

/** The case that another page asks the console to open when it is shown next. */
export const wantedCase = createStore<string | null>(null)
