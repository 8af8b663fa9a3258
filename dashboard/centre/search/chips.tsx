import { useQuery } from '@tanstack/react-query'
import { searchOptionsQuery } from '../../api/search-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import type { Draft } from './filter.ts'

/** What is set, each to be taken away by a key or a click. */
export function Chips({ draft, onChange }: { draft: Draft; onChange(draft: Draft): void }) {
  const { t } = useTexts()
  const texts = useTextsOf(draft)
  if (texts.length === 0) return null
  return (
    <ul className="search-chips" aria-label={t('search.set')} data-testid="search-chips">
      {texts.map(({ names, text }) => (
        <li key={text}>
          <button
            type="button"
            aria-label={t('search.without', { name: text })}
            onClick={() => onChange(without(draft, names))}
          >
            {text} <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

interface Chip {
  names: (keyof Draft)[]
  text: string
}

function without(draft: Draft, names: readonly (keyof Draft)[]): Draft {
  const rest: Partial<Draft> = { ...draft }
  for (const name of names) delete rest[name]
  return { ...rest, sort: draft.sort }
}

function useTextsOf(draft: Draft): Chip[] {
  const { t, language } = useTexts()
  const { data } = useQuery(searchOptionsQuery)
  const personOf = (userId: string) => data?.people.find((one) => one.userId === userId)?.displayName ?? '…'
  const areaOf = (code: string) => data?.areas.find((one) => one.code === code)?.name ?? code
  const chip = (name: keyof Draft, label: string, value: string | undefined): Chip[] =>
    value === undefined ? [] : [{ names: [name], text: `${label}: ${value}` }]
  const list = <T,>(values: readonly T[] | undefined, text: (value: T) => string) =>
    values?.map(text).join(language === 'en' ? ', ' : '、')
  const { first, last } = draft
  return [
    ...chip('resident', t('search.resident'), draft.resident),
    ...chip('words', t('search.words'), draft.words),
    ...chip('number', t('search.number'), draft.number),
    ...(first === undefined && last === undefined
      ? []
      : [
          {
            names: ['first', 'last'] as (keyof Draft)[],
            text: `${t('search.time')}: ${first ?? '…'} – ${last ?? '…'}`,
          },
        ]),
    ...chip(
      'states',
      t('search.states'),
      list(draft.states, (one) => t(`state.${one}`)),
    ),
    ...chip(
      'categories',
      t('search.categories'),
      list(draft.categories, (one) => t(`category.${one}`)),
    ),
    ...chip(
      'kinds',
      t('search.kinds'),
      list(draft.kinds, (one) => t(`kind.${one}`)),
    ),
    ...chip(
      'outcomes',
      t('search.outcomes'),
      list(draft.outcomes, (one) => t(`outcome.${one}`)),
    ),
    ...chip(
      'purposes',
      t('search.purposes'),
      list(draft.purposes, (one) => t(`search.purpose.${one}`)),
    ),
    ...chip('priorities', t('search.priorities'), list(draft.priorities, String)),
    ...chip(
      'risks',
      t('search.risks'),
      list(draft.risks, (one) => t(`protocols.risk.${one}`)),
    ),
    ...chip(
      'severe',
      t('search.severe'),
      draft.severe === undefined ? undefined : t(draft.severe ? 'search.severeYes' : 'search.severeNo'),
    ),
    ...chip('ownerId', t('search.owner'), draft.ownerId === undefined ? undefined : personOf(draft.ownerId)),
    ...chip('closedBy', t('search.closedBy'), draft.closedBy === undefined ? undefined : personOf(draft.closedBy)),
    ...chip('area', t('search.area'), draft.area === undefined ? undefined : areaOf(draft.area)),
    ...chip('deviceId', t('search.device'), draft.deviceId),
    ...(draft.slowerThan === undefined
      ? []
      : [{ names: ['slowerThan'] as (keyof Draft)[], text: t('search.slower', { n: draft.slowerThan }) }]),
  ]
}
