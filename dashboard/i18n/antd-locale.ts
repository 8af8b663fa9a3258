import type { ConfigProviderProps } from 'antd'
import * as enModule from 'antd/locale/en_US.js'
import * as zhModule from 'antd/locale/zh_CN.js'
import type { Language } from '../ui/formats.ts'

type Locale = NonNullable<ConfigProviderProps['locale']>

/** antd's locale files are CommonJS: depending on who loads them the locale is the default export or inside it. */
function unwrap(module: object): Locale {
  const inner = 'default' in module ? (module.default as object) : module
  return ('default' in inner ? inner.default : inner) as Locale
}

/** antd takes the names of days and months from dayjs, which knows English alone until it is given more. */
function withCalendar(locale: Locale): Locale {
  const { DatePicker } = locale
  if (DatePicker === undefined) return locale
  const shortWeekDays = ['日', '一', '二', '三', '四', '五', '六']
  const shortMonths = Array.from({ length: 12 }, (_, month) => `${month + 1}月`)
  return { ...locale, DatePicker: { ...DatePicker, lang: { ...DatePicker.lang, shortWeekDays, shortMonths } } }
}

const locales: Record<Language, Locale> = { 'zh-CN': withCalendar(unwrap(zhModule)), en: unwrap(enModule) }

/** The texts of antd's own components. */
export function antdLocale(language: Language): Locale {
  return locales[language]
}
