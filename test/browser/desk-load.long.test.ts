import { expect, test } from 'vitest'
import { desk } from '../bench/desk.ts'

test('a storm before a few desks: every case is on every desk in the end, and painted in the browser', async () => {
  const figures = await desk({ operators: 5, seconds: 6, rate: 10, open: 40, ready: true, keys: false })
  expect(figures).toMatchObject({
    missing: {
      cases_not_opened: 0,
      desks_that_differ: 0,
      chromium_rows: 0,
      chromium_count: 0,
      not_seen_painted: 0,
    },
  })
}, 120_000)
