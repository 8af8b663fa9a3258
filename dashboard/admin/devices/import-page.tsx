import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Steps } from 'antd'
import { useState } from 'react'
import type { ImportAnswer } from '../../../server/contract/device.ts'
import { upload } from '../../api/client.ts'
import { DEVICE_KEYS } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Link } from '../../ui/link.tsx'
import { fieldErrors } from './form-errors.ts'
import { contentTypeOf } from './import-file.ts'
import { ImportChecked, ImportDone, ImportDrop, Working } from './import-steps.tsx'
import { deviceErrorText } from './terms.ts'

interface List {
  name: string
  bytes: Uint8Array<ArrayBuffer>
  contentType: string
}

const send = (list: List, dryRun: boolean) =>
  upload<ImportAnswer>(`/devices/import?dryRun=${dryRun}`, list.bytes, list.contentType)

/** Registers a list of devices: choose, check, and only then write. */
export function ImportPage() {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const [list, setList] = useState<List | null>(null)
  const check = useMutation({ mutationFn: (chosen: List) => send(chosen, true) })
  const write = useMutation({
    mutationFn: (chosen: List) => send(chosen, false),
    onSuccess: () => client.invalidateQueries({ queryKey: DEVICE_KEYS.all }),
  })
  const choose = async (file: File) => {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const chosen = { name: file.name, contentType: contentTypeOf(bytes), bytes }
    setList(chosen)
    write.reset()
    check.mutate(chosen)
  }
  const another = () => {
    setList(null)
    check.reset()
    write.reset()
  }
  const error = write.error ?? check.error
  // Something can have changed since the check: then the list is refused as a whole, as in the check.
  const written = write.data && write.data.problems.length === 0 ? write.data : null
  const answer = write.data ?? check.data
  return (
    <section className="narrow-page wide-page">
      <Link to="/admin/devices" className="device-back">
        ← {t('devices.back')}
      </Link>
      <h2>{t('devices.import.title')}</h2>
      <p className="office-lead">{t('devices.import.lead')}</p>
      <Steps
        size="small"
        responsive={false}
        className="import-steps"
        current={written ? 2 : list === null ? 0 : 1}
        items={[
          { title: t('devices.import.steps.file') },
          { title: t('devices.import.steps.check') },
          { title: t('devices.import.steps.done') },
        ]}
      />
      {error ? (
        <Alert
          type="error"
          showIcon
          className="form-alert"
          title={deviceErrorText(error, t)}
          description={fieldErrors(error, language)
            .map(({ message }) => message)
            .join('\n')}
        />
      ) : null}
      {check.isPending ? (
        <Working text={t('devices.import.checking', { name: list?.name ?? '' })} />
      ) : write.isPending ? (
        <Working text={t('devices.import.importing', { n: check.data?.rows ?? 0 })} />
      ) : written ? (
        <ImportDone created={written.created} />
      ) : answer && list ? (
        <ImportChecked answer={answer} name={list.name} onImport={() => write.mutate(list)} onAnother={another} />
      ) : (
        <ImportDrop onFile={(file) => void choose(file)} />
      )}
    </section>
  )
}
