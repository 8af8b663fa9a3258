import { describe, expect, it } from 'vitest'
import { filterAccounts } from '../../dashboard/admin/account-filter.ts'
import type { UserView } from '../../server/contract/api.ts'

const account = (username: string, displayName: string, enabled: boolean): UserView => ({
  userId: username,
  username,
  displayName,
  role: 'operator',
  enabled,
  createdAt: '2026-03-02T02:41:53.204Z',
})

describe('accounts', () => {
  const all = [account('limin', '李敏', true), account('wangfang', '王芳', true), account('li.jun', '李军', false)]
  const found = (text: string, state: 'all' | 'enabled' | 'disabled') =>
    filterAccounts(all, { text, state }).map(({ username }) => username)

  it('are found by user name and name', () => {
    expect(found('', 'all')).toEqual(['limin', 'wangfang', 'li.jun'])
    expect(found(' LI', 'all')).toEqual(['limin', 'li.jun'])
    expect(found('芳', 'all')).toEqual(['wangfang'])
    expect(found('chen', 'all')).toEqual([])
  })

  it('are told apart by whether they may sign in', () => {
    expect(found('', 'enabled')).toEqual(['limin', 'wangfang'])
    expect(found('李', 'disabled')).toEqual(['li.jun'])
  })
})
