import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ExchangeCallView } from '../../server/contract/exchange.ts'
import type {
  CallView,
  CaseVoice,
  Dialled,
  DialTarget,
  StartedCall,
  StoredPart,
  VoiceSettings,
} from '../../server/contract/voice.ts'
import { ApiError, BASE, request, upload } from './client.ts'
import { queryText } from './device-queries.ts'
import { caseQuery } from './queries.ts'
import type { PageOf } from './watch-queries.ts'

/** Under the case's own key: what changes the case makes this be fetched too. */
export const caseVoiceQuery = (caseId: string) =>
  queryOptions({
    queryKey: [...caseQuery(caseId).queryKey, 'voice'] as const,
    queryFn: () => request<CaseVoice>('GET', `/cases/${encodeURIComponent(caseId)}/voice`),
    refetchInterval: 30_000,
  })

export const exchangeCallsQuery = (matched: boolean | undefined, cursor: string | null) =>
  queryOptions({
    queryKey: ['exchange-calls', matched, cursor],
    queryFn: () =>
      request<PageOf<ExchangeCallView>>('GET', `/exchange/calls${queryText({ matched, limit: 50, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })

export const voiceSettingsQuery = queryOptions({
  queryKey: ['voice-settings'],
  queryFn: () => request<VoiceSettings>('GET', '/voice/settings'),
})

export const saveVoiceSettings = (settings: VoiceSettings) => request<VoiceSettings>('PUT', '/voice/settings', settings)

export const startCall = (caseId: string, deviceId: string) =>
  request<StartedCall>('POST', `/cases/${encodeURIComponent(caseId)}/calls`, { deviceId })

/** Also when the page goes: the terminal must not stay open for a desk that is gone. */
export const endCall = (callId: string) =>
  fetch(`${BASE}/calls/${encodeURIComponent(callId)}/end`, {
    method: 'POST',
    credentials: 'same-origin',
    keepalive: true,
  })

export const dial = (caseId: string, target: DialTarget) =>
  request<Dialled>('POST', `/cases/${encodeURIComponent(caseId)}/dial`, { target })

export const storePart = (callId: string, part: number, bytes: Uint8Array<ArrayBuffer>, contentType: string) =>
  upload<StoredPart>(`/calls/${encodeURIComponent(callId)}/recording/${part}`, bytes, contentType)

export const finishRecording = (callId: string, parts: number, sha256: string) =>
  request<CallView>('POST', `/calls/${encodeURIComponent(callId)}/recording/finish`, { parts, sha256 })

/** The sound of a call. @throws ApiError */
export async function listenTo(callId: string, reason: string): Promise<Blob> {
  const response = await fetch(`${BASE}/calls/${encodeURIComponent(callId)}/recording/listen`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason }),
  })
  if (!response.ok) throw new ApiError(response.status, null, `HTTP ${response.status}`)
  return response.blob()
}
