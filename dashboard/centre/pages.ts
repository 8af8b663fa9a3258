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
  { key: 'handover', role: 'operator', page: lazy(() => import('./handover/handover-page.tsx')) },
  { key: 'wall', role: 'supervisor', page: lazy(() => import('./wall/wall-page.tsx')) },
  { key: 'roster', role: 'operator', page: lazy(() => import('./roster/roster-page.tsx')) },
]
