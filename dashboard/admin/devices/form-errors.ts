import type { FormInstance } from 'antd'
import { ApiError } from '../../api/client.ts'
import type { Language } from '../../ui/formats.ts'
import { serverSays } from './server-says.ts'

/** Field errors of a problem, in the reader's language; empty when it has none. */
export function fieldErrors(error: unknown, language: Language): { field: string; message: string }[] {
  const errors = error instanceof ApiError ? (error.problem?.errors ?? []) : []
  return errors.map(({ field, message }) => ({ field, message: serverSays(message, language) }))
}

/** Whether an error still needs a place of its own, once what belongs to fields stands beside them. */
export function needsAlert(error: unknown, others: readonly string[]): boolean {
  return Boolean(error) && (others.length > 0 || fieldErrors(error, 'en').length === 0)
}

/**
 * Puts each error beside its field.
 * @returns those whose field is not in the form, to be shown otherwise
 */
export function showFieldErrors<Values extends object>(
  form: FormInstance<Values>,
  error: unknown,
  language: Language,
): string[] {
  const shown = Object.keys(form.getFieldsValue())
  const rest: string[] = []
  for (const { field, message } of fieldErrors(error, language)) {
    const name = field.split(/[/.]/).filter(Boolean)[0] ?? ''
    if (shown.includes(name)) form.setFields([{ name: name as never, errors: [message] }])
    else rest.push(`${field}: ${message}`)
  }
  return rest
}
