import type { Language } from '../settings.ts'
import { en } from './en.ts'
import type { Words } from './words.ts'
import { zhCN } from './zh-CN.ts'

/** The words of a language. */
export const wordsOf = (language: Language): Words => (language === 'en' ? en : zhCN)
