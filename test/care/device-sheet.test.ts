import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import { fieldOfHeading, importTemplate, kindOfWord, roleOfWord } from '../../server/care/devices/import-columns.ts'
import { decodeText, readSheet } from '../../server/care/devices/sheet.ts'
import { unpackedBytes } from '../../server/care/devices/xlsx.ts'

const read = (text: string | Buffer, maxRows = 100) => readSheet(Buffer.from(text), maxRows)

/** As Excel in China saves it: there is no encoder for GB 18030 here, so the bytes are written down. */
const GB = Buffer.concat([
  Buffer.from([0xc9, 0xe8, 0xb1, 0xb8, 0xb1, 0xe0, 0xba, 0xc5]), // 设备编号
  Buffer.from(','),
  Buffer.from([0xb7, 0xbf, 0xbc, 0xe4]), // 房间
  Buffer.from('\r\nsos-1,'),
  Buffer.from([0xce, 0xc0, 0xc9, 0xfa, 0xbc, 0xe4]), // 卫生间
  Buffer.from('\r\n'),
])

describe('CSV', () => {
  test.each([
    ['commas', 'a,b\r\n1,2\r\n'],
    ['semicolons, with commas inside', 'a;b\n1;2\n'],
    ['tabs', 'a\tb\n1\t2'],
    ['a mark of UTF-8', '\uFEFFa,b\n1,2\n'],
    ['old line ends', 'a,b\r1,2\r'],
    ['blanks around', ' a , b \n 1 ,2　\n'],
    ['quotes', '"a","b"\n"1","2"\n'],
  ])('%s', async (_, csv) => {
    expect(await read(csv)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  test('GB 18030, and UTF-16 as Excel calls Unicode text', async () => {
    expect(await read(GB)).toEqual([
      ['设备编号', '房间'],
      ['sos-1', '卫生间'],
    ])
    const unicode = Buffer.from('\uFEFF设备编号\t房间\r\nsos-1\t卫生间\r\n', 'utf16le')
    expect(await read(unicode)).toEqual(await read(GB))
  })

  test('rows stay where the spreadsheet has them: empty lines count, a line break inside a cell does not', async () => {
    expect(await read('a,b\n\n"x\ny",2\n,\n3,4')).toEqual([['a', 'b'], [''], ['x\ny', '2'], ['', ''], ['3', '4']])
  })

  test('the separator is read from the heading alone', async () => {
    expect(await read('a;b\n1,2,3,4,5;6')).toEqual([
      ['a', 'b'],
      ['1,2,3,4,5', '6'],
    ])
    expect(await read('"a,b,c";d\n1;2')).toEqual([
      ['a,b,c', 'd'],
      ['1', '2'],
    ])
  })

  test('a quote that is not closed is named by its row, bytes of no text are named', async () => {
    await expect(read('a,b\n1,2\n"3,4\n')).rejects.toThrow(/row 3/)
    await expect(read(Buffer.from([0x61, 0xff, 0xff, 0x80]))).rejects.toThrow(/UTF-8/)
  })

  test('too many rows are refused', async () => {
    await expect(read('a\n1\n2\n3\n', 3)).rejects.toThrow(/At most 2 devices/)
    expect(await read('a\n1\n2\n', 3)).toHaveLength(3)
  })

  test('any text is read or refused, never a crash', async () => {
    const pieces = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(',', ';', '"', '\n', '\r\n', '\t')))
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const rows = await readSheet(Buffer.from(parts.join('')), 1_000).catch((error: unknown) => error)
        if (Array.isArray(rows)) for (const cell of rows.flat()) expect(cell).toBe(cell.trim())
        else expect(rows).toMatchObject({ code: 'invalid_request' })
      }),
      { numRuns: 200 },
    )
  })
})

type Cell = string | number | boolean | Date | null

const xlsx = async (rows: readonly (readonly Cell[])[]): Promise<Buffer> =>
  writeXlsxFile(
    rows.map((row) =>
      row.map((value) => (value instanceof Date ? { value, format: 'yyyy-mm-dd' } : value === null ? null : { value })),
    ),
  ).toBuffer()

describe('XLSX', () => {
  test('cells become text; numbers are not made longer or shorter', async () => {
    const rows = [
      ['设备编号', '地址', 'x'],
      ['sos-1', 863921000000001, true],
      [],
      ['  sos-2 ', 1.5, new Date('2026-03-01T00:00:00Z')],
      ['sos-3', 24, null],
    ]
    expect(await readSheet(await xlsx(rows), 100)).toEqual([
      ['设备编号', '地址', 'x'],
      ['sos-1', '863921000000001', 'true'],
      ['', '', ''],
      ['sos-2', '1.5', '2026-03-01'],
      ['sos-3', '24', ''],
    ])
  })

  test('a number that Excel has rounded shows', async () => {
    expect((await readSheet(await xlsx([['a'], [8_639_210_000_000_012]]), 10))[1]).toEqual(['8.639210000000012e+15'])
  })

  test('what is damaged, or an old format, or unpacks to too much, is refused', async () => {
    const file = await xlsx([['a'], ['b']])
    await expect(readSheet(file.subarray(0, 500), 10)).rejects.toThrow(/damaged/)
    await expect(readSheet(Buffer.from('PK\x03\x04 and nothing else'), 10)).rejects.toThrow(/damaged/)
    await expect(readSheet(Buffer.from('d0cf11e0a1b11ae100', 'hex'), 10)).rejects.toThrow(/before 2007/)
    const directory = file.lastIndexOf(Buffer.from('PK\x01\x02'))
    const bomb = Buffer.from(file)
    bomb.writeUInt32LE(4_000_000_000, directory + 24)
    expect(unpackedBytes(bomb)).toBeGreaterThan(4_000_000_000)
    await expect(readSheet(bomb, 10)).rejects.toThrow(/unpacks to more/)
  })

  test('the server goes on while a long list is read', async () => {
    const file = await xlsx(Array.from({ length: 5_000 }, (_, n) => [`dev-${n}`, 'SOS按钮', 'native', `note ${n}`]))
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    expect(await readSheet(file, 10_000)).toHaveLength(5_000)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(10)
  })
})

describe('the words', () => {
  test.each([
    ['设备编号', 'deviceId'],
    ['Device ID', 'deviceId'],
    ['device_id*', 'deviceId'],
    ['网关', 'hubId'],
    ['ＨＵＢ＿ＩＤ', 'hubId'],
    ['居民编号', 'residentId'],
    ['备注', 'note'],
    ['价格', undefined],
    ['constructor', undefined],
  ])('heading %s is %s', (heading, field) => expect(fieldOfHeading(heading)).toBe(field))

  test('kinds and roles are understood in both languages', () => {
    expect(['SOS 按钮', 'sos_button', '跌倒雷达', '网关'].map(kindOfWord)).toEqual([
      'sos_button',
      'sos_button',
      'fall_sensor',
      'hub',
    ])
    expect(['紧急求救', 'SOS', '生活求助', '??'].map(roleOfWord)).toEqual(['sos', 'sos', 'help', undefined])
  })

  test('the template is what the import reads', async () => {
    const [heading = [], ...rows] = await read(importTemplate())
    expect(importTemplate().startsWith('\uFEFF设备编号,')).toBe(true)
    expect(heading.map(fieldOfHeading)).not.toContain(undefined)
    expect(rows).toHaveLength(2)
  })

  test('UTF-8 is not mistaken for GB 18030', () => {
    expect(decodeText(Buffer.from('卫生间'))).toBe('卫生间')
  })
})
