import { queryOptions } from '@tanstack/react-query'
import type {
  AreaView,
  DutyStatus,
  DutyView,
  ProfileChange,
  ProfileView,
  ShiftFigures,
} from '../../server/contract/desk.ts'
import type { DeskSettingsChange, DeskSettingsLine, DeskSettingsView } from '../../server/contract/desk-settings.ts'
import { request } from './client.ts'
import { everyPage } from './queries.ts'

const KEY = ['desk'] as const

export const dutyQuery = queryOptions({
  queryKey: [...KEY, 'duty'],
  queryFn: async () => (await request<{ items: DutyView[] }>('GET', '/desk/duty')).items,
  refetchInterval: 10_000,
})

export const deskSettingsQuery = queryOptions({
  queryKey: [...KEY, 'settings'],
  queryFn: () => request<DeskSettingsView>('GET', '/desk/settings'),
  refetchInterval: 60_000,
})

export const settingsHistoryQuery = queryOptions({
  queryKey: [...KEY, 'settings', 'history'],
  queryFn: () => everyPage<DeskSettingsLine>('/desk/settings/history'),
})

export const profilesQuery = queryOptions({
  queryKey: [...KEY, 'profiles'],
  queryFn: async () => (await request<{ items: ProfileView[] }>('GET', '/desk/profiles')).items,
})

export const ownProfileQuery = queryOptions({
  queryKey: [...KEY, 'profile'],
  queryFn: () => request<ProfileView>('GET', '/desk/profile'),
})

export const shiftFiguresQuery = queryOptions({
  queryKey: [...KEY, 'shift'],
  queryFn: () => request<ShiftFigures>('GET', '/desk/shift'),
  refetchInterval: 30_000,
})

export const areasQuery = queryOptions({
  queryKey: [...KEY, 'areas'],
  queryFn: async () => (await request<{ items: AreaView[] }>('GET', '/desk/areas')).items,
  staleTime: 3_600_000,
})

export const setStatus = (status: DutyStatus) => request<DutyView>('POST', '/desk/status', { status })
export const reportMuted = (muted: boolean) => request<DutyView>('POST', '/desk/muted', { muted })
export const putProfile = (userId: string, change: ProfileChange) =>
  request<ProfileView>('PUT', `/desk/profiles/${userId}`, change)
export const putDeskSettings = (change: DeskSettingsChange) =>
  request<DeskSettingsView>('PUT', '/desk/settings', change)
