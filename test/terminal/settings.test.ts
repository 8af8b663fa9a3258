import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInstalled, newSettings, settingsFrom, settingsInFragment } from '../../dashboard/terminal/settings.ts'

const defaults = newSettings('install-1', 'zh-CN')

describe('a QR code', () => {
  it('carries login, name, telephone and language', () => {
    const fragment = `#id=t-1&key=${encodeURIComponent('a+b/c=')}&name=${encodeURIComponent('周奶奶家')}&phone=0793-8223110&lang=en`
    expect(settingsInFragment(fragment)).toEqual({
      deviceId: 't-1',
      secret: 'a+b/c=',
      name: '周奶奶家',
      phone: '0793-8223110',
      language: 'en',
    })
  })

  it.each([
    '',
    '#',
    '#id=t-1',
    '#key=x',
    '#id=a/b&key=x',
    '#id=+&key=x',
    `#id=t-1&key=${'x'.repeat(257)}`,
    '#id=%zz&key=x',
  ])('without a login is none: %s', (fragment) => {
    expect(settingsInFragment(fragment)).toBeNull()
  })

  it('with a wrong telephone or language still is a login', () => {
    expect(settingsInFragment('#id=t-1&key=x&phone=javascript:1&lang=fr')).toEqual({ deviceId: 't-1', secret: 'x' })
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void settingsInFragment(`#id=t&key=${text}`)))
  })
})

describe('stored settings', () => {
  it('that can not be read take their defaults, one by one', () => {
    for (const stored of [null, 1, 'x', []]) expect(settingsFrom(stored, defaults)).toEqual(defaults)
    const stored = { deviceId: 't-1', secret: 's', language: 'xx', dim: 7, intervalSeconds: 1, phone: null }
    expect(settingsFrom(stored, defaults)).toEqual({ ...defaults, deviceId: 't-1', secret: 's' })
  })

  it('make a login only together', () => {
    expect(isInstalled(defaults)).toBe(false)
    expect(isInstalled({ ...defaults, deviceId: 't-1' })).toBe(false)
    expect(isInstalled({ ...defaults, deviceId: 't-1', secret: 's' })).toBe(true)
  })
})
