import type { TFunction } from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { sampleText } from '../../dashboard/console/sample-text.ts'
import { en } from '../../dashboard/i18n/en.ts'
import { zhCN } from '../../dashboard/i18n/zh-CN.ts'

/** The application's own texts, without a browser. */
const textsOf = (texts: { alerts: { field: Record<string, string> } }): TFunction =>
  ((key: string, { value }: { value: string }) =>
    (texts.alerts.field[key.split('.').at(-1) ?? ''] ?? key).replace('{{value}}', value)) as unknown as TFunction

describe('a reading as evidence', () => {
  let zh: TFunction
  let english: TFunction
  beforeAll(() => {
    zh = textsOf(zhCN)
    english = textsOf(en)
  })

  it('is told in words with units, in the language of the desk', () => {
    expect(sampleText({ hr: 48, spo2: 87.5 }, zh, 'zh-CN')).toBe('心率 48 次/分 · 血氧 87.5%')
    expect(sampleText({ spo2: 87.5, hr: 48 }, english, 'en')).toBe('heart rate 48 bpm · oxygen 87.5%')
    expect(sampleText({ sys: 190, dia: 110 }, english, 'en')).toBe('systolic 190 mmHg · diastolic 110 mmHg')
  })

  it('begins with the position, and how good it is', () => {
    const text = sampleText({ lat: 28.40312, lon: 117.43407, acc: 12, battery: 80 }, zh, 'zh-CN')
    expect(text).toBe('28.40312° N  117.43407° E · 误差约 12 米 · 电量 80%')
  })

  it('keeps what has no word under its own name', () => {
    expect(sampleText({ tvoc: 3, hr: 60 }, zh, 'zh-CN')).toBe('心率 60 次/分 · tvoc 3')
  })
})
