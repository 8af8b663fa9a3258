import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../dashboard/terminal/command.ts'
import { Driver } from './driver.ts'

describe('commands that are no feedback', () => {
  it('shows messages one after the other, until each is dismissed', () => {
    const driver = new Driver().command({ id: 'm1', type: 'message', text: '一' })
    driver.command({ id: 'm2', type: 'message', text: '二' })
    expect(driver.state.notices).toHaveLength(2)
    driver.wait(3600).do({ type: 'dismiss' })
    expect(driver.state.notices).toMatchObject([{ text: '二' }])
    expect(driver.effects.at(-1)).toEqual({ do: 'read', text: '二' })
    expect(driver.do({ type: 'dismiss' }).state.notices).toEqual([])
  })

  it('rings for as long as it is told, within bounds', () => {
    const driver = new Driver().command({ id: 's1', type: 'sound', seconds: 10 })
    expect(driver.effects).toContainEqual({ do: 'ring', seconds: 10 })
    expect(driver.wait(9).state.notices).toHaveLength(1)
    expect(driver.wait(1).state.notices).toEqual([])
    expect(new Driver().command({ id: 's2', type: 'sound', seconds: 1e9 }).effects).toContainEqual({
      do: 'ring',
      seconds: 120,
    })
  })

  it('asks the device where it is, each time', () => {
    const driver = new Driver().command({ id: 'l1', type: 'locate' }).command({ id: 'l1', type: 'locate' })
    expect(driver.effects).toEqual([
      { do: 'locate', id: 'l1' },
      { do: 'locate', id: 'l1' },
    ])
  })

  it('takes interval and number of a configuration', () => {
    const driver = new Driver().command({
      id: 'k1',
      type: 'config',
      intervalSeconds: 60,
      sosNumbers: ['+8613900001111'],
    })
    expect(driver.effects.at(-1)).toEqual({ do: 'configure', intervalSeconds: 60, phone: '+8613900001111' })
  })

  it.each([
    [{ id: 'u1', type: 'reboot' }, 'unsupported'],
    [{ id: 'u2', type: 'config', fallDetection: true }, 'unsupported'],
    [{ id: 'u3', type: 'message' }, 'invalid'],
    [{ id: 'u4' }, 'invalid'],
    [{ id: 'u5', type: '__proto__' }, 'unsupported'],
  ])('answers %j with its reason', (command, reason) => {
    expect(new Driver().command(command).replies).toEqual([{ id: command.id, ok: false, reason }])
  })

  it('shows a message without an id, but has nobody to answer to', () => {
    const driver = new Driver().command({ type: 'message', text: '好' })
    expect(driver.state.notices).toHaveLength(1)
    expect(driver.replies).toEqual([])
  })

  it('reads any bytes without falling over', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.jsonValue().map((v) => JSON.stringify(v)),
        ),
        (text) => {
          const command = parseCommand(text)
          if (command !== null) new Driver().do({ type: 'command', command, noticeId: 'n' })
        },
      ),
    )
  })
})
