import { describe, expect, it } from 'vitest'
import { decode, eventsOf, fieldsOf, framed, NOW, typesOf } from './watch-harness.ts'

describe('alarms', () => {
  const content = (word: string, status: string, date = '010126,000000') =>
    `${word},${date},A,22.761162,N,114.360192,E,0,0,47,14,100,64,10,2,${status},0,0,12.5`

  it.each([
    ['00010000', ['sos']],
    ['00020000', ['battery_low']],
    ['00040000', ['wander']],
    ['00080000', ['wander_end']],
    ['00100000', ['removed']],
    ['00200000', ['fall']],
    ['00400000', ['vital_sign']],
    ['00310000', ['sos', 'fall', 'removed']],
    ['007F001F', ['sos', 'fall', 'wander_end', 'wander', 'vital_sign', 'removed', 'battery_low']],
    ['ff7f0000', ['sos', 'fall', 'wander_end', 'wander', 'vital_sign', 'removed', 'battery_low']],
    ['00000000', ['general_alarm']],
    ['0000', ['general_alarm']],
    ['00000008', ['general_alarm']],
    ['80000000', ['general_alarm']],
  ])('AL with %s → %j', (status, types) => {
    expect(typesOf(decode(framed(content('AL', status))).items)).toEqual(types)
    const stays = types[0] === 'general_alarm' ? [] : types
    const { items, reply } = decode(framed(content('UD', status)))
    expect(typesOf(items)).toEqual(stays)
    expect(reply).toBeNull()
  })

  it('gives the operator what helps', () => {
    const [event] = eventsOf(decode(framed(content('AL', '00040008'))).items)
    expect(event).toMatchObject({ type: 'wander', deviceTs: NOW })
    expect(event!.detail).toEqual({
      lat: 22.761162,
      lon: 114.360192,
      acc: 12.5,
      battery: 64,
      fix: true,
      status: '00040008',
      cells: 0,
      wifi: 0,
      fence: 'exit',
      by: 'device',
    })
  })

  it('the same frame again is the same alarm, whatever its running number; another time is another alarm', () => {
    const idOf = (text: string, at = NOW) => eventsOf(decode(text, at).items)[0]!.messageId
    const id = idOf(framed(content('AL', '00010000')))
    expect(idOf(framed(content('AL', '00010000')), NOW + 60_000)).toBe(id)
    expect(idOf(`[ZJ*8800000015*0007*0001*${content('AL', '00010000')}]`)).toBe(id)
    expect(idOf(framed(content('AL', '00010000', '010126,000001')))).not.toBe(id)
    // Without a clock each press after ten minutes is another one.
    const unset = framed(content('AL', '00010000', '000000,000000'))
    expect(idOf(unset, NOW + 1000)).toBe(idOf(unset, NOW))
    expect(idOf(unset, NOW + 3_600_000)).not.toBe(idOf(unset, NOW))
  })

  it('an alarm stays one when the rest of the frame is broken', () => {
    const broken = content('AL', '00010000').replace('22.761162', 'north').replace('010126', 'today')
    const { items, reply } = decode(framed(broken))
    expect(eventsOf(items)).toMatchObject([
      { type: 'sos', deviceTs: null, detail: { fix: false, unreadable: 'date or time' } },
    ])
    expect(fieldsOf(items)).toMatchObject({ battery: 64 })
    expect(reply?.toString()).toBe('[3G*8800000015*0002*AL]')
  })

  it('the status is found when a field is lost, in any position frame', () => {
    const short = content('AL', '00210000').replace(',14,', ',')
    expect(typesOf(decode(framed(short)).items)).toEqual(['sos', 'fall'])
    const { items } = decode(framed(short.replace('AL', 'UD')))
    expect(typesOf(items)).toEqual(['sos', 'fall'])
    expect(items).toContainEqual(expect.objectContaining({ kind: 'unreadable', alarm: false }))
    // A cell's number of eight digits is none.
    expect(typesOf(decode(framed(short.replace('00210000', '80806406'))).items)).toEqual([])
  })

  it.each([
    ['10000', ['sos']],
    ['0', ['general_alarm']],
    ['200008', ['fall']],
  ])('a status without leading zeros is one: %s', (status, types) => {
    const { items } = decode(framed(content('AL', status)))
    expect(typesOf(items)).toEqual(types)
    expect(items.some((item) => item.kind === 'unreadable')).toBe(false)
  })

  it('a status out of place that sets no alarm is not guessed', () => {
    const more = content('AL', '00000000').replace(',10,2,', ',,,11089,2,')
    expect(decode(framed(more)).items).toMatchObject([{ kind: 'unreadable', alarm: true }])
    const less = content('UD', '00000000').replace(',14,', ',')
    expect(decode(framed(less)).items).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })

  it('an alarm bit that is the battery says nothing of its state', () => {
    expect(decode(framed(content('AL', '00020000'))).items.map(({ kind }) => kind)).toEqual(['event', 'telemetry'])
  })

  it('an alarm without a readable header is one too, and can not be answered', () => {
    const { address, items, reply } = decode(`[3G*88/15*0050*${content('AL', '00010000')}]`)
    expect({ address, reply }).toEqual({ address: null, reply: null })
    expect(items).toMatchObject([{ kind: 'unreadable', alarm: true }])
  })

  it.each(['', '00zz*', 'FFFFF*0001*'])('a length like %j is no hindrance', (length) => {
    const { items, reply } = decode(`[3G*8800000015*${length}${content('AL', '00010000')}]`)
    expect(typesOf(items)).toEqual(['sos'])
    expect(reply).not.toBeNull()
  })
})
