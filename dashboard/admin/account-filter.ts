import type { UserView } from '../../server/contract/api.ts'

export interface AccountFilter {
  text: string
  state: 'all' | 'enabled' | 'disabled'
}

/** Accounts that match the text (user name, name) and the state. Pure. */
export function filterAccounts(accounts: readonly UserView[], { text, state }: AccountFilter): UserView[] {
  const needle = text.trim().toLowerCase()
  return accounts.filter(
    (account) =>
      (state === 'all' || account.enabled === (state === 'enabled')) &&
      [account.username, account.displayName].some((field) => field.toLowerCase().includes(needle)),
  )
}
