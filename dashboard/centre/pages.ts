import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Role } from '../../server/contract/api.ts'
import type { zhCN } from '../i18n/zh-CN.ts'
import type { CentrePageProps } from './page-props.ts'

export interface CentrePage {
  key: keyof (typeof zhCN)['centre']['tabs']
  /** The lowest role that it is for. */
  role: Role
  page: LazyExoticComponent<ComponentType<CentrePageProps>>
}

/** In the order of their tabs. */
export const CENTRE_PAGES: readonly CentrePage[] = [
  { key: 'shift', role: 'operator', page: lazy(() => import('./distribution/shift-page.tsx')) },
  { key: 'handover', role: 'operator', page: lazy(() => import('./handover/handover-page.tsx')) },
  { key: 'search', role: 'operator', page: lazy(() => import('./search/search-pages.tsx')) },
  { key: 'roster', role: 'operator', page: lazy(() => import('./roster/roster-page.tsx')) },
  { key: 'wall', role: 'supervisor', page: lazy(() => import('./wall/wall-page.tsx')) },
  { key: 'residents', role: 'supervisor', page: lazy(() => import('./residents/residents-page.tsx')) },
  { key: 'levels', role: 'supervisor', page: lazy(() => import('./levels/levels-page.tsx')) },
  { key: 'quality', role: 'operator', page: lazy(() => import('./quality/quality-page.tsx')) },
  { key: 'reports', role: 'supervisor', page: lazy(() => import('./reports/reports-page.tsx')) },
  { key: 'calls', role: 'supervisor', page: lazy(() => import('./calls/calls-page.tsx')) },
  { key: 'drills', role: 'supervisor', page: lazy(() => import('./drills/drills-page.tsx')) },
  { key: 'protocols', role: 'supervisor', page: lazy(() => import('./protocols/protocols-page.tsx')) },
  { key: 'escalation', role: 'supervisor', page: lazy(() => import('./escalation/escalation-page.tsx')) },
  { key: 'desk', role: 'supervisor', page: lazy(() => import('./distribution/distribution-page.tsx')) },
  { key: 'audit', role: 'admin', page: lazy(() => import('./audit/audit-page.tsx')) },
]
