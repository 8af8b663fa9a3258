import type { Language } from '../settings.ts'

/** What the part that talks says, written and spoken. */
export interface VoiceWords {
  ringing: string
  ringingLine: string
  take: string
  decline: string
  starting: string
  talking: string
  recorded: string
  saySoon: string
  sayRecorded: string
  sayRing: string
  mute: string
  unmute: string
  muted: string
  deskMuted: string
  softer: string
  louder: string
  hangUp: string
  searching: string
  silent: string
  over: string
  lost: string
}

const zhCN: VoiceWords = {
  ringing: '呼叫中心来电',
  ringingLine: '点“接听”就能说话',
  take: '接听',
  decline: '不接',
  starting: '马上和您通话',
  talking: '在和您通话',
  recorded: '通话将被录音',
  saySoon: '呼叫中心要和您通话，请直接说话。',
  sayRecorded: '呼叫中心要和您通话，通话将被录音，请直接说话。',
  sayRing: '呼叫中心来电，请点接听。',
  mute: '静音',
  unmute: '取消静音',
  muted: '现在对方听不到您',
  deskMuted: '对方暂时没有说话',
  softer: '小声',
  louder: '大声',
  hangUp: '挂断',
  searching: '声音断了，正在接回来',
  silent: '请点一下屏幕，就能听到',
  over: '通话结束',
  lost: '声音接不通，请等人来或打电话',
}

const en: VoiceWords = {
  ringing: 'The centre is calling',
  ringingLine: 'Tap “Answer” to talk',
  take: 'Answer',
  decline: 'Not now',
  starting: 'Talking in a moment',
  talking: 'You are talking to the centre',
  recorded: 'This call will be recorded',
  saySoon: 'The call centre wants to talk to you. Just speak.',
  sayRecorded: 'The call centre wants to talk to you. This call will be recorded. Just speak.',
  sayRing: 'The call centre is calling. Tap answer.',
  mute: 'Mute',
  unmute: 'Unmute',
  muted: 'They can’t hear you now',
  deskMuted: 'They are not speaking now',
  softer: 'Softer',
  louder: 'Louder',
  hangUp: 'Hang up',
  searching: 'The sound is gone, trying again',
  silent: 'Tap the screen to hear them',
  over: 'The call has ended',
  lost: 'No sound gets through. Wait, or telephone.',
}

export const voiceWordsOf = (language: Language): VoiceWords => (language === 'en' ? en : zhCN)
