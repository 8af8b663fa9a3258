/** Checks that name every fault with its place, and the parts that larger ones are made of. */

export interface MappingProblem {
  /** E.g. `rules[2].topic`; '' is the mapping itself. */
  path: string
  message: string
}

export type Report = (path: string, message: string) => void
export type Check = (value: unknown, place: string, report: Report) => void
/** A check for every key of a type, so that none is forgotten. */
export type Fields<T> = { readonly [K in keyof Required<T>]: Check }

/** The place of a key within a place. */
export const within = (place: string, key: string): string => {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key)) return `${place}[${JSON.stringify(key.slice(0, 64))}]`
  return place === '' ? key : `${place}.${key}`
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object with these keys and no others. */
export function checkObject<T>(fields: Fields<T>, required: readonly (keyof T & string)[]): Check {
  const checks = new Map<string, Check>(Object.entries(fields))
  const known = [...checks.keys()].join(', ')
  return (value, place, report) => {
    if (!isObject(value)) return report(place, 'must be an object')
    for (const key of required) if (value[key] === undefined) report(within(place, key), 'is missing')
    for (const [key, item] of Object.entries(value)) {
      const check = checks.get(key)
      if (check === undefined) report(within(place, key), `is not known here; known are ${known}`)
      else if (item !== undefined) check(item, within(place, key), report)
    }
  }
}

/** An object with keys of its own. */
export function checkRecord(checkKey: Check, checkValue: Check, max: number): Check {
  return (value, place, report) => {
    if (!isObject(value)) return report(place, 'must be an object')
    const entries = Object.entries(value)
    if (entries.length === 0) report(place, 'must not be empty')
    if (entries.length > max) return report(place, `may have ${max} entries`)
    for (const [key, item] of entries) {
      if (key === '__proto__') {
        report(within(place, key), 'is no name')
        continue
      }
      checkKey(key, within(place, key), report)
      checkValue(item, within(place, key), report)
    }
  }
}

export function checkList(check: Check, min: number, max: number): Check {
  return (value, place, report) => {
    if (!Array.isArray(value)) return report(place, 'must be a list')
    if (value.length < min) report(place, 'must not be empty')
    if (value.length > max) return report(place, `may have ${max} entries`)
    for (const [at, item] of value.entries()) check(item, `${place}[${at}]`, report)
  }
}

export function checkText(max: number): Check {
  return (value, place, report) => {
    if (typeof value !== 'string') report(place, 'must be text')
    else if (value === '') report(place, 'must not be empty')
    else if (value.length > max) report(place, `may have ${max} characters`)
  }
}

export const checkNumber: Check = (value, place, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(place, 'must be a number')
}

export function checkInteger(min: number, max: number): Check {
  return (value, place, report) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      report(place, `must be a whole number from ${min} to ${max}`)
    }
  }
}

/** @param what e.g. `an event type` */
export function checkOneOf(values: readonly unknown[], what: string): Check {
  return (value, place, report) => {
    if (values.includes(value)) return
    const given = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : 'this'
    report(place, `${given} is not ${what}; there are ${values.join(', ')}`)
  }
}

/** Text is checked in one way, everything else in the other. */
export function either(checkString: Check, checkOther: Check): Check {
  return (value, place, report) => {
    if (typeof value === 'string') checkString(value, place, report)
    else if (typeof value === 'object' && value !== null) checkOther(value, place, report)
    else report(place, 'must be text, or what stands for more than a text')
  }
}
