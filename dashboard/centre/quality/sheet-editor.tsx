import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, InputNumber } from 'antd'
import { useState } from 'react'
import {
  type Criterion,
  checkSheet,
  type SheetContent,
  type SheetView,
} from '../../../server/contract/quality-sheet.ts'
import { hasCode } from '../../api/client.ts'
import { publishSheet, QUALITY_KEY, scoringSheetsQuery } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { CriterionEdit } from './criterion-edit.tsx'
import { momentText } from './words.ts'

/** The sheet in force, to be changed and published as a new version; and who published which. */
export default function SheetEditor() {
  const { t, language } = useTexts()
  const query = useQuery(scoringSheetsQuery)
  const { data } = query
  const [inForce] = data?.items ?? []
  if (query.isError && !data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!data || inForce === undefined) return <LateSkeleton rows={10} />
  return (
    <section data-testid="sheet-editor">
      <p className="office-lead">{t('quality.editor.lead')}</p>
      <Editor key={inForce.version} of={inForce} />
      <h3 className="centre-part">{t('quality.editor.versions')}</h3>
      <ol className="load-worst">
        {data.items.map(({ version, at, by, note }) => (
          <li key={version}>
            <b>{t('quality.sheetVersion', { n: version })}</b>
            <span className="muted figures">{momentText(at, language)}</span>
            <span>{by ?? t('quality.editor.delivered')}</span>
            <span className="muted">{by === null ? '' : note}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const EMPTY = { 'zh-CN': '', en: '' }

function Editor({ of }: { of: SheetView }) {
  const { t } = useTexts()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [content, setContent] = useState<SheetContent>(of.content)
  const [isTried, setTried] = useState(false)
  const [form] = Form.useForm<{ note: string }>()
  const publish = useMutation({
    mutationFn: (note: string) => publishSheet({ base: of.version, note: note.trim(), content }),
    onSuccess: async ({ version }) => {
      void message.success(t('quality.editor.published', { n: version }))
      await client.invalidateQueries({ queryKey: QUALITY_KEY })
    },
  })
  const { criteria } = content
  const wrong = checkSheet(content)
  const put = (next: readonly Criterion[]) => setContent({ ...content, criteria: [...next] })
  const move = (from: number, by: 1 | -1) => {
    const next = [...criteria]
    const [moved] = next.splice(from, 1)
    if (moved !== undefined) put(next.toSpliced(from + by, 0, moved))
  }
  const add = () => {
    const free = Array.from({ length: 99 }, (_, n) => `item_${n + 1}`).find(
      (id) => !criteria.some((one) => one.id === id),
    )
    if (free === undefined) return
    const blank = { section: 'handling', text: EMPTY, hint: null, scale: 'points', weight: 1 } as const
    put([...criteria, { ...blank, id: free, critical: false, evidence: null }])
  }
  return (
    <Form<{ note: string }>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={({ note }) => {
        setTried(true)
        if (wrong.length === 0) publish.mutate(note)
      }}
      onFinishFailed={() => setTried(true)}
    >
      <p className="office-tools">
        <label htmlFor="pass-mark">{t('quality.editor.passMark')}</label>
        <InputNumber
          id="pass-mark"
          min={0}
          max={100}
          precision={0}
          value={content.passMark}
          onChange={(passMark) => passMark !== null && setContent({ ...content, passMark })}
        />
      </p>
      <ol className="sheet-edit">
        {criteria.map((criterion, n) => (
          <CriterionEdit
            key={criterion.id}
            of={criterion}
            isFirst={n === 0}
            isLast={n === criteria.length - 1}
            isTried={isTried}
            onChange={(changed) => put(criteria.toSpliced(n, 1, changed))}
            onMove={(by) => move(n, by)}
            onRemove={criteria.length === 1 ? null : () => put(criteria.toSpliced(n, 1))}
          />
        ))}
      </ol>
      <p className="office-tools">
        <Button onClick={add} disabled={criteria.length >= 30} data-testid="sheet-add">
          {t('quality.editor.add')}
        </Button>
      </p>
      <Form.Item
        name="note"
        label={t('quality.editor.note')}
        rules={[{ required: true, whitespace: true, message: t('quality.editor.needed') }]}
      >
        <Input maxLength={500} placeholder={t('quality.editor.noteHint')} data-testid="sheet-note" />
      </Form.Item>
      {publish.error ? (
        <Alert
          className="form-alert"
          type="error"
          showIcon
          title={hasCode(publish.error, 'stale_version') ? t('quality.editor.stale') : errorText(publish.error, t)}
        />
      ) : null}
      <Button htmlType="submit" type="primary" loading={publish.isPending} data-testid="sheet-publish">
        {t('quality.editor.publish')}
      </Button>
    </Form>
  )
}
