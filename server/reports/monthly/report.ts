import type { Kysely } from 'kysely'
import { DomainError } from '../../contract/errors.ts'
import { addMonths, monthOf } from '../../contract/month.ts'
import type { MonthlyReport, ReportQuery } from '../../contract/report.ts'
import type { Database } from '../../store/schema.ts'
import { answersOf } from './answers.ts'
import { areaOf } from './area.ts'
import { countCases } from './cases.ts'
import { devicesOf, freshDevices } from './devices.ts'
import { othersOf } from './others.ts'
import { spanOf } from './span.ts'

/**
 * All figures of a month in one answer.
 * @param by display name of whoever asks
 * @throws DomainError invalid_request for a month to come, or an area that is none
 */
export async function monthlyReport(
  db: Kysely<Database>,
  { month, area: code }: ReportQuery,
  by: string,
  now: number,
): Promise<MonthlyReport> {
  const span = spanOf(month)
  if (span.from > now) {
    throw new DomainError('invalid_request', 'This month has not begun.', {
      errors: [{ field: 'month', message: 'has not begun' }],
    })
  }
  const earlier = addMonths(month, -1)
  const before = spanOf(earlier)
  const { area, city, county } = await areaOf(db, code)
  if (month === monthOf(now)) await freshDevices(db, now)
  const [cases, answers, others, devices, devicesBefore] = await Promise.all([
    countCases(db, area, span, before),
    answersOf(db, area, span, before, now),
    othersOf(db, area, span),
    devicesOf(db, area, month),
    devicesOf(db, area, earlier),
  ])
  const { registered, ...rest } = others
  return {
    month,
    monthBefore: earlier,
    complete: span.to <= now,
    area,
    city,
    county,
    generatedAt: new Date(now).toISOString(),
    generatedBy: by,
    ...cases,
    ...answers,
    ...rest,
    devices,
    devicesBefore,
    residents: { registered, withCases: cases.totals.residents },
  }
}
