import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { type ReactNode, useMemo, useState } from 'react'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES, OUTCOMES } from '../../../server/contract/case.ts'
import { RISK_LEVELS } from '../../../server/contract/protocol.ts'
import { CASE_PURPOSES } from '../../../server/contract/purpose.ts'
import { searchOptionsQuery } from '../../api/search-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useKeys } from '../../ui/keys.ts'
import { AreaSelect } from '../area-select.tsx'
import type { Draft } from './filter.ts'

interface Props {
  draft: Draft
  busy: boolean
  onFind(draft: Draft): void
}

const MORE = [
  'categories',
  'purposes',
  'priorities',
  'risks',
  'severe',
  'ownerId',
  'closedBy',
  'deviceId',
  'slowerThan',
] as const
const DAY = 'YYYY-MM-DD'
const PRIORITIES = [1, 2, 3, 4, 5] as const

/** Enter in any field searches; / goes to the first. Nothing is asked for while one is still typing: searches are noted. */
export function FilterForm({ draft, busy, onFind }: Props) {
  const { t } = useTexts()
  const [own, setOwn] = useState(draft)
  const [open, setOpen] = useState(() => MORE.some((name) => draft[name] !== undefined))
  const { data } = useQuery(searchOptionsQuery)
  const people = useMemo(
    () => (data?.people ?? []).map((one) => ({ value: one.userId, label: one.displayName })),
    [data],
  )
  useKeys(
    useMemo(() => new Map([['/', () => document.getElementById('search-resident')?.focus()]]), []),
    true,
  )
  const set = (part: { [K in keyof Draft]?: Draft[K] | undefined }) => setOwn({ ...own, ...part } as Draft)
  const many = <T extends string | number>(
    name: keyof Draft,
    label: string,
    values: readonly T[],
    text: (value: T) => string,
  ) => (
    <Field label={label} id={`search-${name}`}>
      <Select<T[]>
        id={`search-${name}`}
        mode="multiple"
        maxTagCount="responsive"
        allowClear
        placeholder={t('search.any')}
        showSearch={{ optionFilterProp: 'label' }}
        value={(own[name] as T[] | undefined) ?? []}
        onChange={(chosen) => set({ [name]: chosen.length === 0 ? undefined : chosen })}
        options={values.map((value) => ({ value, label: text(value) }))}
      />
    </Field>
  )
  const person = (name: 'ownerId' | 'closedBy', label: string) => (
    <Field label={label} id={`search-${name}`}>
      <Select<string>
        id={`search-${name}`}
        allowClear
        placeholder={t('search.any')}
        showSearch={{ optionFilterProp: 'label' }}
        value={own[name] ?? null}
        onChange={(value: string | undefined) => set({ [name]: value })}
        options={people}
      />
    </Field>
  )
  const words = (name: 'resident' | 'number' | 'words' | 'deviceId', label: string, hint: string, most: number) => (
    <Field label={label} id={`search-${name}`}>
      <Input
        id={`search-${name}`}
        allowClear
        autoComplete="off"
        maxLength={most}
        placeholder={hint}
        value={own[name] ?? ''}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    </Field>
  )
  const day = (text: string | undefined) => (text ? dayjs(text) : null)
  return (
    <Form className="search-form" layout="vertical" aria-label={t('search.form')} onFinish={() => onFind(own)}>
      <div className="search-fields">
        {words('resident', t('search.resident'), t('search.residentHint'), 60)}
        {words('words', t('search.words'), t('search.wordsHint'), 100)}
        {words('number', t('search.number'), t('search.numberHint'), 40)}
        <Field label={t('search.time')} id="search-first">
          <DatePicker.RangePicker
            id={{ start: 'search-first', end: 'search-last' }}
            allowEmpty={[true, true]}
            format={DAY}
            placeholder={[t('search.first'), t('search.last')]}
            value={[day(own.first), day(own.last)]}
            onChange={(range) => set({ first: range?.[0]?.format(DAY) ?? '', last: range?.[1]?.format(DAY) ?? '' })}
          />
        </Field>
        {many('states', t('search.states'), CASE_STATES, (one) => t(`state.${one}`))}
        {many('kinds', t('search.kinds'), ALERT_KINDS, (one) => t(`kind.${one}`))}
        {many('outcomes', t('search.outcomes'), OUTCOMES, (one) => t(`outcome.${one}`))}
        <Field label={t('search.area')} id="search-area">
          <AreaSelect
            id="search-area"
            label={t('search.area')}
            placeholder={t('search.any')}
            clearable
            value={own.area}
            onChange={(area) => set({ area })}
          />
        </Field>
        {open ? (
          <>
            {many('categories', t('search.categories'), CASE_CATEGORIES, (one) => t(`category.${one}`))}
            {many('purposes', t('search.purposes'), CASE_PURPOSES, (one) => t(`search.purpose.${one}`))}
            {many('priorities', t('search.priorities'), PRIORITIES, (n) => t('search.priority', { n }))}
            {many('risks', t('search.risks'), RISK_LEVELS, (one) => t(`protocols.risk.${one}`))}
            <Field label={t('search.severe')} id="search-severe">
              <Select<'true' | 'false'>
                id="search-severe"
                allowClear
                placeholder={t('search.any')}
                value={own.severe === undefined ? null : own.severe ? 'true' : 'false'}
                onChange={(value: string | undefined) =>
                  set({ severe: value === undefined ? undefined : value === 'true' })
                }
                options={[
                  { value: 'true', label: t('search.severeYes') },
                  { value: 'false', label: t('search.severeNo') },
                ]}
              />
            </Field>
            {person('ownerId', t('search.owner'))}
            {person('closedBy', t('search.closedBy'))}
            {words('deviceId', t('search.device'), t('search.any'), 64)}
            <Field label={t('search.slowerThan')} id="search-slowerThan">
              <InputNumber<number>
                id="search-slowerThan"
                min={0}
                max={86_400}
                precision={0}
                suffix={t('search.slowerUnit')}
                placeholder={t('search.any')}
                value={own.slowerThan ?? null}
                onChange={(value) => set({ slowerThan: value ?? undefined })}
              />
            </Field>
          </>
        ) : null}
      </div>
      <div className="search-buttons">
        <Button type="primary" htmlType="submit" loading={busy} data-testid="search-submit">
          {t('search.find')}
        </Button>
        <Button onClick={() => onFind({ sort: own.sort })} data-testid="search-reset">
          {t('search.reset')}
        </Button>
        <Button type="text" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="search-open">
          {t(open ? 'search.less' : 'search.more')}
        </Button>
      </div>
    </Form>
  )
}

function Field({ label, id, children }: { label: string; id: string; children: ReactNode }) {
  return (
    <div className="search-field">
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  )
}
