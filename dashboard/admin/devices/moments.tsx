import { memo, useLayoutEffect, useRef } from 'react'
import { useTexts } from '../../i18n/i18n.ts'
import { timeText } from '../../ui/formats.ts'
import { onSecond, serverNow } from '../../ui/server-clock.ts'
import { agoText, expectedText } from './times.ts'

/** When it was last heard of: `3 分钟前`. */
export function Ago({ at }: { at: string }) {
  return <Running at={at} is="past" />
}

/** When it has to be heard of again; red once that is past. */
export function Expected({ at }: { at: string }) {
  return <Running at={at} is="due" />
}

/** Writes its running time into its own text node; React doesn't render for it. */
const Running = memo(function Running({ at, is }: { at: string; is: 'past' | 'due' }) {
  const { language } = useTexts()
  const element = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => {
    const moment = Date.parse(at)
    return onSecond((now) => {
      const span = element.current
      if (!span) return
      const seconds = (now - moment) / 1000
      const text = is === 'past' ? agoText(seconds, language) : expectedText(-seconds, language)
      if (span.textContent === text) return
      span.textContent = text
      span.dataset.level = is === 'due' && seconds > 0 ? 'late' : 'none'
    })
  }, [at, is, language])
  return <span ref={element} className="figures" title={timeText(at, serverNow(), language)} />
})
