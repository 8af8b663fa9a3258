import { describe, expect, it } from 'vitest'
import { FRESH_LIST, toQuery, withFilter } from '../../dashboard/admin/devices/list-state.ts'
import { devicePage, officeRoute, settingsPage, TAB_PATHS } from '../../dashboard/admin/routes.ts'
import { commandsPollMs, queryText } from '../../dashboard/api/device-queries.ts'
import type { CommandView } from '../../server/contract/device.ts'

describe('addresses of the office pages', () => {
  it('lead to their pages', () => {
    expect(officeRoute('/admin')).toEqual({ tab: 'devices', view: 'list' })
    expect(officeRoute('/admin/devices/')).toEqual({ tab: 'devices', view: 'list' })
    for (const [tab, path] of Object.entries(TAB_PATHS)) expect(officeRoute(path)?.tab).toBe(tab)
  })

  it('name a device', () => {
    for (const deviceId of ['sos-1', 'a.b:c_d', 'import', '100%']) {
      expect(officeRoute(devicePage(deviceId))).toEqual({ tab: 'devices', view: 'device', deviceId })
    }
  })

  it('name whose settings, and one change of them', () => {
    const at = (scope: 'city' | 'home' | 'resident' | 'device', scopeId: string, version: number | null) => ({
      tab: 'detection',
      view: 'scope',
      scope,
      scopeId,
      version,
    })
    expect(officeRoute('/admin/detection')).toEqual(at('city', '', null))
    expect(officeRoute(settingsPage('city', '', 7))).toEqual(at('city', '', 7))
    expect(officeRoute(settingsPage('resident'))).toEqual(at('resident', '', null))
    for (const scope of ['home', 'resident', 'device'] as const) {
      expect(officeRoute(settingsPage(scope, '100%'))).toEqual(at(scope, '100%', null))
      expect(officeRoute(settingsPage(scope, 'a.b:c', 12))).toEqual(at(scope, 'a.b:c', 12))
    }
    expect(officeRoute('/admin/detection/versions/3')).toEqual({ tab: 'detection', view: 'version', version: 3 })
    expect(officeRoute('/admin/detection/street/1')).toBeNull()
  })

  it('lead nowhere when they are wrong', () => {
    for (const path of ['/admin/nope', '/admin/devices/a/b', '/admin/devices/%E4', '/admin/constructor']) {
      expect(officeRoute(path)).toBeNull()
    }
  })
})

describe('the list’s request', () => {
  it('says only what was chosen, and begins anew with another filter', () => {
    const second = { ...FRESH_LIST, cursors: [null, 'abc'] }
    expect(toQuery(second)).toEqual({ limit: 50, cursor: 'abc' })
    const filtered = withFilter(second, { kind: 'hub', search: '', online: false })
    expect(toQuery(filtered)).toEqual({ limit: 50, kind: 'hub', online: false })
    expect(withFilter(filtered, { kind: undefined, online: undefined }).filter).toEqual({})
  })

  it('is put into an address', () => {
    expect(queryText({ limit: 50, search: '周 桂&兰', online: false, kind: undefined, cursor: null })).toBe(
      '?limit=50&search=%E5%91%A8+%E6%A1%82%26%E5%85%B0&online=false',
    )
    expect(queryText({ kind: '' })).toBe('')
  })
})

describe('commands on their way', () => {
  const now = Date.parse('2026-03-02T02:41:53.204Z')
  const command = (state: CommandView['state'], sentAt: string | null): CommandView => ({
    commandId: 'c',
    type: 'locate',
    args: {},
    state,
    createdAt: '2026-03-02T02:40:00.000Z',
    by: null,
    expiresAt: '2026-03-02T03:40:00.000Z',
    sentAt,
    repliedAt: null,
    reply: null,
  })

  it('are looked at every two seconds until they have arrived or nobody answers', () => {
    expect(commandsPollMs([command('replied', null), command('queued', null)], now)).toBe(2000)
    expect(commandsPollMs([command('sent', '2026-03-02T02:41:30.000Z')], now)).toBe(2000)
    expect(commandsPollMs([command('sent', '2026-03-02T02:40:30.000Z')], now)).toBe(15_000)
    expect(commandsPollMs([command('expired', null), command('unsupported', null)], now)).toBe(15_000)
    expect(commandsPollMs(undefined, now)).toBe(15_000)
  })
})
