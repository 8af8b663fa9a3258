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

const locales: Record<Language, Locale> = { 'zh-CN': unwrap(zhModule), en: unwrap(enModule) }

/** The texts of antd's own components. */
export function antdLocale(language: Language): Locale {
  return locales[language]
}
