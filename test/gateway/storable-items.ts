import { expect } from 'vitest'
import { COMMAND_TYPES } from '../../server/contract/command.ts'
import { DEAD_LETTER_REASONS, type DecodedItem } from '../../server/contract/ports.ts'
import { EVENT_TYPES, type EventSignal, TELEMETRY_FIELD } from '../../server/contract/signal.ts'

/** Expects that the intake can take decoded items as they are, whatever the message was. */
export function expectStorable(items: readonly DecodedItem[]): void {
  for (const item of items) {
    if (item.from !== undefined) {
      expectText(item.from, 128)
      expect(item.from).not.toBe('')
    }
    switch (item.kind) {
      case 'event':
        expectEvent(item.event)
        break
      case 'level':
        expectText(item.report.level, 64)
        expectText(item.report.value, 64)
        expect(typeof item.report.calm).toBe('boolean')
        if (item.report.event) expectEvent(item.report.event)
        break
      case 'telemetry': {
        const entries = Object.entries(item.sample.fields)
        expect(entries.length).toBeGreaterThan(0)
        for (const [name, value] of entries) expect(TELEMETRY_FIELD.test(name) && Number.isFinite(value)).toBe(true)
        expectTime(item.sample.deviceTs)
        break
      }
      case 'presence':
        expect(typeof item.online).toBe('boolean')
        break
      case 'unreadable':
        expect(DEAD_LETTER_REASONS).toContain(item.reason)
        expectText(item.explanation, 500)
        break
      case 'facts':
        for (const text of Object.values(item.facts)) expectText(text, 64)
        break
      case 'reply':
        expect([null, ...COMMAND_TYPES]).toContain(item.reply.type)
        break
      case 'discovered':
        break
    }
  }
}

function expectEvent({ messageId, type, deviceTs, detail }: EventSignal): void {
  expectText(messageId, 128)
  expect(messageId).not.toBe('')
  expect(EVENT_TYPES).toContain(type)
  expectTime(deviceTs)
  const text = JSON.stringify(detail)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16 * 1024)
  expect(text).not.toMatch(/\\u0000|\\u[dD][89a-fA-F]|"__proto__":/)
}

function expectTime(deviceTs: number | null): void {
  expect(deviceTs === null || (Number.isInteger(deviceTs) && deviceTs >= 0)).toBe(true)
}

/** PostgreSQL text holds neither U+0000 nor a lone surrogate. */
function expectText(text: string, maxLength: number): void {
  expect(text.length).toBeLessThanOrEqual(maxLength)
  expect(text.includes('\0') || /\p{Surrogate}/u.test(text)).toBe(false)
}
