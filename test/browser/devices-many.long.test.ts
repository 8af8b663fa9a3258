import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { DeviceView } from '../../server/contract/device.ts'
import { addDevice, addResident } from '../support/records.ts'
import { type Office, startOffice } from './office.ts'

// Pages on two busy cores: a whole walk through a form takes its time.
vi.setConfig({ testTimeout: 90_000 })
let office: Office

beforeAll(async () => {
  office = await startOffice()
  const { db } = office.app.database.store
  const residentId = await addResident(db, [], '买买提吐尔逊·阿不都热合曼江')
  for (let n = 0; n < 120; n++) await addDevice(db, `dev-${String(n).padStart(3, '0')}`, residentId)
})
afterEach(async () => expect(await office.closePages()).toEqual([]))
afterAll(() => office?.stop())

const ids = async () =>
  (await office.admin.get<{ items: DeviceView[] }>('/devices?limit=500')).body.items.map(({ deviceId }) => deviceId)
const csv = (...rows: string[]) => ({
  name: '弋阳第一批.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['设备编号,类型,协议,房间', ...rows].join('\r\n')),
})

test('a list with one bad row: the row is named and nothing is written; the mended one is imported with its secrets', async () => {
  const page = await office.open('/admin/devices')
  await page.getByRole('button', { name: '批量导入' }).click()
  const file = page.locator('input[type=file]')
  const before = await ids()
  await file.setInputFiles(csv('new-1,SOS按钮,native,卫生间', 'dev-001,SOS按钮,native,卧室', 'new-2,门磁,native,大门'))
  const checked = page.getByTestId('import-checked')
  await checked.getByText('3 行中有 1 处要改，什么都没有写入').waitFor()
  expect(await checked.locator('tbody tr.ant-table-row').allTextContents()).toEqual(['3设备编号已登记过'])
  expect(await page.getByTestId('import').count()).toBe(0)
  expect(await ids()).toEqual(before)

  await page.getByRole('button', { name: '重新选择文件' }).click()
  await file.setInputFiles(csv('new-1,SOS按钮,native,卫生间', 'new-2,门磁,native,大门'))
  await checked.getByText('2 行可以导入').waitFor()
  expect(await ids()).toEqual(before)
  await page.getByTestId('import').click()
  await page.getByTestId('import-done').waitFor()
  expect((await ids()).filter((id) => !before.includes(id))).toEqual(['new-1', 'new-2'])
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('download-secrets').click()])
  const secrets = await readFile(await download.path(), 'utf8')
  expect(secrets).toMatch(/^\uFEFFdeviceId,secret\r\nnew-1,[\w-]{32}\r\nnew-2,[\w-]{32}\r\n$/)
  await page.getByTestId('download-secrets').getByText('已下载').waitFor()
})

test('the list turns pages, searches, and comes back as it was; names are not cut off', async () => {
  const page = await office.open('/admin/devices')
  const rows = page.locator('.device-table tbody tr.ant-table-row')
  await expect.poll(() => rows.count()).toBe(50)
  await page.getByRole('button', { name: '下一页' }).click()
  await page.getByRole('link', { name: 'dev-050' }).waitFor()
  await page.getByRole('link', { name: 'dev-050' }).click()
  await page.getByRole('heading', { name: 'dev-050' }).waitFor()
  await page.goBack()
  await page.getByRole('link', { name: 'dev-050' }).waitFor()
  await page.locator('.office-search input').fill('dev-11')
  await expect.poll(() => rows.count()).toBe(10)
  expect(await rows.first().textContent()).toContain('买买提吐尔逊·阿不都热合曼江')
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  expect(widths[0]).toBe(widths[1])
  await page.locator('.office-search input').fill('没有这种东西')
  await page.getByTestId('empty-state').getByText('没有符合条件的设备').waitFor()
  await page.getByRole('button', { name: '清除筛选' }).click()
  await expect.poll(() => rows.count()).toBe(50)
})

test('the keyboard is enough: to a device, its dialog, and out of it again', async () => {
  const page = await office.open('/admin/devices')
  await page.locator('.office-search input').focus()
  await page.keyboard.type('dev-007')
  const link = page.getByRole('link', { name: 'dev-007' })
  await expect.poll(() => page.locator('.device-table tbody tr.ant-table-row').count()).toBe(1)
  for (let n = 0; n < 30 && !(await link.evaluate((element) => element === document.activeElement)); n++) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'dev-007' }).waitFor()
  const edit = page.getByTestId('edit-device')
  for (let n = 0; n < 30 && !(await edit.evaluate((element) => element === document.activeElement)); n++) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await edit.evaluate((element) => element === document.activeElement)).toBe(true)
})

test('the pages speak English, in full', async () => {
  const page = await office.open('/admin/devices', { language: 'en' })
  for (const [path, heading] of [
    ['/admin/devices', 'Resident and place'],
    ['/admin/devices/dev-001', 'How to connect'],
    ['/admin/add-device', 'Add a device'],
    ['/admin/import-devices', 'Import devices'],
    ['/admin/unknown', 'To adopt'],
    ['/admin/bridges', 'Add bridge'],
  ] as const) {
    await page.goto(`http://127.0.0.1:${office.app.httpPort}${path}`)
    await page.getByText(heading).first().waitFor()
    const shown = (await page.locator('main, body').first().innerText())
      // People, rooms and the name of the platform are what they are.
      .replaceAll(/买买提吐尔逊·阿不都热合曼江|卫生间|管理员|安护/g, '')
    expect(shown.match(/[\u4e00-\u9fff]+/g), path).toBeNull()
  }
})

test('an operator is shown that these pages are not for them', async () => {
  const page = await office.open('/admin/devices', { username: 'limin' })
  await page.getByTestId('empty-state').waitFor()
  expect(await page.locator('.device-table').count()).toBe(0)
})
