import { describe, expect, it } from 'vitest'
import { en } from '../../dashboard/i18n/en.ts'
import { zhCN } from '../../dashboard/i18n/zh-CN.ts'

type Tree = { readonly [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  )
}

describe('texts', () => {
  const chinese = new Map(flat(zhCN))
  const english = new Map(flat(en))

  it('have the same keys in both languages and are not empty', () => {
    expect([...english.keys()].toSorted()).toEqual([...chinese.keys()].toSorted())
    const empty = [...chinese, ...english].filter(([key, text]) => text === '' && key !== 'gender.unknown')
    expect(empty).toEqual([])
  })

  it('fill in the same values', () => {
    const holes = (text: string | undefined) =>
      [...(text ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted()
    for (const [key, text] of chinese) expect(holes(english.get(key)), key).toEqual(holes(text))
  })

  it('English holds no Chinese, but for the name of the other language', () => {
    const mixed = [...english].filter(([key, text]) => /[\u4e00-\u9fff]/.test(text) && key !== 'common.otherLanguage')
    expect(mixed).toEqual([])
  })
})
