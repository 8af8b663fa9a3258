import { createInstance } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { setDocumentLanguage } from '../ui/document.ts'
import type { Language } from '../ui/formats.ts'
import { en } from './en.ts'
import { zhCN } from './zh-CN.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zhCN }
    returnNull: false
  }
}

const KEY = 'anhu.language'
const saved = localStorage.getItem(KEY)

export const i18n = createInstance()

/** Loads both languages from the bundle: a desk must be able to change without network. */
export async function startI18n(): Promise<void> {
  const lng: Language = saved === 'en' ? 'en' : 'zh-CN'
  await i18n.use(initReactI18next).init({
    lng,
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
    // React escapes.
    interpolation: { escapeValue: false },
  })
  setDocumentLanguage(lng)
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language)
  await i18n.changeLanguage(language)
  setDocumentLanguage(language)
}

/** Texts and the language they are in. */
export function useTexts() {
  const { t } = useTranslation(undefined, { i18n })
  const language: Language = i18n.language === 'en' ? 'en' : 'zh-CN'
  return { t, language }
}
