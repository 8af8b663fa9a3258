import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ResidentFilePage } from '../../server/contract/case.ts'
import type { ApiClient } from '../support/app.ts'
import { addRichFile } from '../support/rich-file.ts'
import { type Office, startOffice } from './office.ts'

let office: Office
let supervisor: ApiClient
let residentId: string

beforeAll(async () => {
  office = await startOffice()
  supervisor = await office.app.signIn('huangyan')
  residentId = await addRichFile(office.app, 'r1')
})
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true })
}

const fileOf = async () => (await supervisor.get<ResidentFilePage>(`/residents/${residentId}/file`)).body

test('a supervisor finds somebody and keeps the file: photo scaled down, notice, note, hours, code, lists', async () => {
  const page = await office.open('/centre/residents', { username: 'huangyan' })
  await page.locator('#residents-search').fill('查无此人')
  await page.getByText('没有找到这位住户').waitFor()
  await page.locator('#residents-search').fill('欧阳')
  await page.getByTestId('resident-row').waitFor()
  expect(page.url()).not.toContain('%')
  await shot(page, 'residents-search')
  await page.getByTestId('resident-row').press('Enter')
  await page.getByTestId('resident-file').waitFor()
  await shot(page, 'resident-file')

  // A large picture made in the page: scaled down before it is sent.
  const png = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 1200
    canvas.height = 1200
    const context = canvas.getContext('2d')
    const noise = context?.createImageData(1200, 1200)
    for (let n = 0; noise && n < noise.data.length; n++) noise.data[n] = n % 4 === 3 ? 255 : (n * 7919) % 256
    if (noise) context?.putImageData(noise, 0, 0)
    return canvas.toDataURL('image/png').split(',')[1] ?? ''
  })
  const buffer = Buffer.from(png, 'base64')
  await page.getByTestId('photo-file').setInputFiles({ name: 'p.png', mimeType: 'image/png', buffer })
  await page.getByTestId('photo').waitFor()
  const row = await office.app.database.store.db.selectFrom('resident_photo').selectAll().executeTakeFirstOrThrow()
  expect(row.media_type).toBe('image/jpeg')
  expect(row.image?.length).toBeLessThanOrEqual(300 * 1024)
  await page
    .getByTestId('photo-file')
    .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no') })
  await page.getByText('打不开这张图片').waitFor()

  await page.getByTestId('notice-text').fill('院内有狗')
  await page.getByLabel('住所（同住的人都适用）').check()
  await page.getByTestId('notice-text').press('Enter')
  await page.getByTestId('notice').waitFor()
  await page.getByTestId('notes-edit').click()
  await page.getByTestId('note-text').fill('本周住女儿家')
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('note').waitFor()
  await page.keyboard.press('Escape')

  await page.getByTestId('code-text').fill('4711#')
  await page.getByTestId('code-save').click()
  await expect.poll(() => page.getByTestId('code-state').textContent()).toContain('已登记')
  const form = page.getByTestId('contact-form').nth(2)
  await form.getByTestId('window-add').click()
  await form.getByTestId('away-days').fill('2')
  await form.getByTestId('contact-save').click()
  await expect
    .poll(async () => (await fileOf()).file.contacts[2]?.windows)
    .toEqual([{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }])
  expect((await fileOf()).file.contacts[2]?.availability.state).toBe('away')
  await page.getByTestId('details-allergies').locator('input').fill('海鲜')
  await page.keyboard.press('Enter')
  await page.getByTestId('details-save').click()
  await expect.poll(async () => (await fileOf()).file.allergies).toEqual(['青霉素', '碘造影剂', '海鲜'])
  await expect.poll(() => page.getByTestId('change').count()).toBeGreaterThanOrEqual(6)
  const history = await page.getByTestId('card-history').textContent()
  expect(history).not.toContain('4711')
  expect(history).toContain('一二三四五 08:00–18:00')
  expect(history).not.toMatch(/T\d\d:\d\d/)
  await shot(page, 'resident-file-kept')
  expect((await fileOf()).notices).toMatchObject([{ text: '院内有狗', scope: 'home', endedAt: null }])
}, 90_000)

test('a change decided on an old version is refused in words; English, dark; an operator has no such page', async () => {
  const page = await office.open(`/centre/residents/${residentId}`, { username: 'huangyan', language: 'en' })
  await page.getByTestId('details-dialect').waitFor()
  const { file } = await fileOf()
  const update = { version: file.version, dialect: '普通话' }
  await supervisor.send(`/residents/${residentId}/file`, update, 'application/json', 'PATCH')
  await page.getByTestId('details-dialect').fill('Gan')
  await page.getByTestId('details-save').click()
  await page.getByText('Somebody has changed this file since you opened it').waitFor()
  await expect.poll(() => page.getByTestId('details-dialect').inputValue()).toBe('普通话')
  await page.evaluate(() => localStorage.setItem('anhu.theme.office', 'dark'))
  await page.reload()
  await page.getByTestId('change').first().waitFor()
  await shot(page, 'resident-file-en-dark')
  const operator = await office.open(`/centre/residents/${residentId}`, { username: 'limin' })
  await operator.getByTestId('empty-state').waitFor()
  expect(await operator.getByTestId('resident-file').count()).toBe(0)
}, 60_000)
