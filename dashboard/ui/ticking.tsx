import { memo, useLayoutEffect, useRef } from 'react'
import type { CaseCategory } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { ageLevel, ageLimits } from './age.ts'
import { ageText } from './formats.ts'
import { onSecond } from './server-clock.ts'

/**
 * A running age. Each second writes one text node; React doesn't render, and the figures are tabular, so nothing is
 * laid out again. @param waiting the category whose limits colour it; without it the age keeps its colour
 */
export const Age = memo(function Age(props: { since: string; waiting?: CaseCategory; className?: string }) {
  const element = useRef<HTMLSpanElement>(null)
  const { since, waiting } = props
  const { t } = useTexts()
  useLayoutEffect(() => {
    const start = Date.parse(since)
    return onSecond((now) => {
      const span = element.current
      if (!span) return
      const seconds = (now - start) / 1000
      write(span, ageText(seconds))
      const level = waiting ? ageLevel(seconds, waiting, ageLimits.get()) : 'none'
      if (span.dataset.level === level) return
      span.dataset.level = level
      // Never colour alone.
      if (level === 'soon' || level === 'late') span.dataset.word = t(`offer.late.${level}`)
      else delete span.dataset.word
    })
  }, [since, waiting, t])
  return <span ref={element} className={`age ${props.className ?? ''}`} />
})

/** Time left until a deadline, `00:38`; stays at `00:00`. */
export const Countdown = memo(function Countdown(props: { until: string; className?: string }) {
  const element = useRef<HTMLSpanElement>(null)
  const { until } = props
  useLayoutEffect(() => {
    const end = Date.parse(until)
    return onSecond((now) => {
      if (element.current) write(element.current, ageText(Math.ceil((end - now) / 1000)))
    })
  }, [until])
  return <span ref={element} className={`age ${props.className ?? ''}`} />
})

function write(span: HTMLSpanElement, text: string): void {
  const node = span.firstChild
  if (!node) span.textContent = text
  else if (node.nodeValue !== text) node.nodeValue = text
}
