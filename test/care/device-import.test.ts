import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkImport, withSecrets, writeImport } from '../../server/care/devices/import.ts'
import { importTemplate } from '../../server/care/devices/import-columns.ts'
import type { By } from '../../server/care/devices/insert.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addResident } from '../support/records.ts'
import { administrator, register } from './care.ts'

let database: TestDatabase
let by: By
let residentId: string

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database.store
  by = await administrator(db)
  residentId = await addResident(db, [])
  await register(db, by, { deviceId: 'hub-1', kind: 'hub', protocol: 'zigbee2mqtt' })
  await register(db, by, { deviceId: 'taken', hubId: 'hub-1', address: 'taken-address' })
  await register(db, by, { deviceId: 'lora', protocol: 'tts', address: '24e124aaaa000001' })
})
afterAll(() => database.drop())

const HEADING = '设备编号,类型,协议,型号,网关,地址,居民编号,房间,用途,备注'
const check = (...rows: string[]) => checkImport(database.store.db, Buffer.from([HEADING, ...rows].join('\n')))
const problemsOf = async (...rows: string[]) =>
  (await check(...rows)).problems.map(({ row, column, message }) => `${row} ${column}: ${message}`)

async function write(...rows: string[]) {
  const { planned, problems } = await check(...rows)
  expect(problems).toEqual([])
  const ready = await withSecrets(planned)
  return database.store.db.transaction().execute((tx) => writeImport(tx, ready, by))
}

const stored = (deviceId: string) =>
  database.store.db.selectFrom('device').selectAll().where('device_id', '=', deviceId).executeTakeFirst()

describe('a right list', () => {
  test('is written with secrets for those that log in, each with the beginning of its life', async () => {
    const created = await write(
      `sos-9,SOS 按钮,,ts0215a_sos,hub-9,卫生间按钮,${residentId},卫生间,,床边`,
      `hub-9,网关,Zigbee2MQTT,,,,${residentId},客厅,,`,
      '8800000016,手表,watch,,,,,,,',
      ',,,,,,,,,',
      'lora-9,SOS按钮,chirpstack,WS101,,24-E1-24-AA-AA-00-00-09,,,生活求助,',
    )
    expect(created.map(({ deviceId }) => deviceId).toSorted()).toEqual(['8800000016', 'hub-9', 'lora-9', 'sos-9'])
    const secrets = created.filter(({ secret }) => secret !== null)
    expect(secrets).toEqual([{ deviceId: 'hub-9', secret: expect.stringMatching(/^[\w-]{32}$/) }])
    expect(await stored('sos-9')).toMatchObject({
      kind: 'sos_button',
      protocol: 'zigbee2mqtt',
      model: 'TS0215A_sos',
      hub_id: 'hub-9',
      address: '卫生间按钮',
      resident_id: residentId,
      room: '卫生间',
      role: 'sos',
      note: '床边',
      lifecycle: 'in_service',
      secret_hash: null,
    })
    expect((await stored('hub-9'))?.secret_hash).toMatch(/^\$argon2id\$/)
    expect(await stored('8800000016')).toMatchObject({ address: '8800000016', lifecycle: 'in_stock' })
    expect(await stored('lora-9')).toMatchObject({ address: '24e124aaaa000009', role: 'help' })
    const lives = await database.store.db
      .selectFrom('device_life')
      .selectAll()
      .where('device_id', '=', 'sos-9')
      .execute()
    expect(lives).toMatchObject([{ from_state: null, to_state: 'in_service', user_id: by.userId, room: '卫生间' }])
  })

  test('the template is one', async () => {
    const { rows, planned, problems } = await checkImport(database.store.db, Buffer.from(importTemplate()))
    expect({ rows, problems, ids: planned.map(({ deviceId }) => deviceId) }).toEqual({
      rows: 2,
      problems: [],
      ids: ['hub-0001', 'sos-0001'],
    })
  })
})

describe('a wrong list', () => {
  test('every row is named, all at once', async () => {
    expect(
      await problemsOf(
        'ok-1,SOS按钮,native,,,,,,,',
        '编号,SOS按钮,native,,,,,,,',
        'x-1,飞机,native,,,,,,,',
        'x-2,SOS按钮,信鸽,,,,,,,',
        ',SOS按钮,native,,,,,,,',
        'x-3,,,,,,,,,',
        '',
        'x-4,SOS按钮,native,X1000,,,,,,',
        'x-5,SOS按钮,zigbee2mqtt,,no-hub,a,,,,',
        'x-6,SOS按钮,zigbee2mqtt,,hub-1,,,,,',
        'x-7,SOS按钮,native,,,,no-resident,,,',
        'x-8,SOS按钮,native,,,,,,救命,',
        `x-9,SOS按钮,native,,,,,${'长'.repeat(41)},,`,
        'taken,SOS按钮,native,,,,,,,',
        'x-10,SOS按钮,zigbee2mqtt,,hub-1,taken-address,,,,',
        'x-11,SOS按钮,chirpstack,,,24E124AAAA000001,,,,',
        'x-12,SOS按钮,native,,,,,,,',
        'x-12,SOS按钮,zigbee2mqtt,,hub-1,twice,,,,',
        'x-13,SOS按钮,zigbee2mqtt,,hub-1,twice,,,,',
        '8.63921E+14,手表,watch,,,,,,,',
        'x-14,SOS按钮,native,,,,,,,\u0007',
      ),
    ).toEqual([
      '3 设备编号: letters, digits, and _ . : - ; at most 64',
      '4 类型: is not known',
      '5 协议: is not known',
      '6 设备编号: is missing',
      '7 类型: is missing',
      '7 协议: is missing',
      '9 型号: unknown model; GET /device-models lists them',
      '10 网关: unknown hub; GET /devices?kind=hub lists them',
      '11 地址: what its hub or protocol calls it is needed',
      '12 居民编号: unknown resident; GET /residents lists them',
      '13 用途: is not known',
      '14 房间: must not have more than 40 characters',
      '15 设备编号: already registered',
      '16 地址: another device in use has it',
      '17 地址: another device in use has it',
      '19 设备编号: is in row 18 as well',
      '20 地址: is in row 19 as well',
      '21 设备编号: Excel has rounded this number: format the column as text and enter it again',
      '22 备注: holds a control character',
    ])
  })

  test.each([
    ['类型,协议\nx,native', ['1 设备编号: this column is missing']],
    ['设备编号,deviceId,类型,协议\n', ['1 deviceId: this column is there twice']],
    ['设备编号,类型,协议,价格\n', ['1 价格: unknown column; take the headings of GET /devices/import-template']],
    ['\n', ['设备编号', '类型', '协议'].map((name) => `1 ${name}: this column is missing`)],
  ])('a wrong heading is named: %o', async (csv, expected) => {
    const { problems } = await checkImport(database.store.db, Buffer.from(csv))
    expect(problems.map(({ row, column, message }) => `${row} ${column}: ${message}`)).toEqual(expected)
  })

  test('200 problems are listed, the others counted', async () => {
    const { problems } = await check(...Array.from({ length: 300 }, (_, n) => `x-${n},飞机,native,,,,,,,`))
    expect(problems).toHaveLength(201)
    expect(problems.at(-1)).toEqual({ row: 202, column: null, message: 'and 100 more problems from here on' })
  })

  test('a list that somebody else was quicker with is not written at all', async () => {
    const { planned } = await check('quick-1,SOS按钮,native,,,,,,,', 'quick-2,SOS按钮,native,,,,,,,')
    const ready = await withSecrets(planned)
    await register(database.store.db, by, { deviceId: 'quick-2' })
    const late = database.store.db.transaction().execute((tx) => writeImport(tx, ready, by))
    await expect(late).rejects.toMatchObject({ code: 'already_exists' })
    expect(await stored('quick-1')).toBeUndefined()
  })
})
