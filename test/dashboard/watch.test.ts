import { expect, test } from 'vitest'
import { watchPath, watchRoute } from '../../dashboard/watch/routes.ts'
import { LIMIT_MINUTES } from '../../dashboard/watch/suppression-limits.ts'
import { SUPPRESSION_LIMIT_MINUTES } from '../../server/contract/watch.ts'

test('the limits shown are those of the contract', () => {
  expect(LIMIT_MINUTES).toEqual(SUPPRESSION_LIMIT_MINUTES)
})

test('addresses of supervision are read as they are written, others are not pages', () => {
  expect(watchRoute('/watch')).toEqual({ tab: 'unprotected', id: null })
  expect(watchRoute(watchPath('outages', 7))).toEqual({ tab: 'outages', id: '7' })
  const incident = '0193a5c0-0000-7000-8000-000000000001'
  expect(watchRoute(watchPath('incidents', incident))).toEqual({ tab: 'incidents', id: incident })
  for (const path of ['/watch/other', '/watch/outages/x', '/watch/suppressions/1', '/watch/incidents/a/b']) {
    expect(watchRoute(path), path).toBeNull()
  }
})
