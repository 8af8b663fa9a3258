import { Alert, Button } from 'antd'
import { useRef, useState } from 'react'
import type { ResidentFile } from '../../../server/contract/case.ts'
import { PHOTO_TYPES } from '../../../server/contract/case-file.ts'
import { photoUrl, removePhoto, uploadPhoto } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Card } from './card.tsx'
import { shrinkPhoto } from './shrink-photo.ts'
import { useSave } from './use-save.ts'

export function PhotoCard({ file }: { file: ResidentFile }) {
  const { t } = useTexts()
  const { save, busy } = useSave(file.residentId)
  const input = useRef<HTMLInputElement>(null)
  const [trouble, setTrouble] = useState<'unreadable' | 'tooLarge' | null>(null)
  const choose = async (picture: File | undefined) => {
    setTrouble(null)
    if (!picture) return
    // A picture that the browser can't read is told of beside the button.
    const small = await shrinkPhoto(picture).catch(() => 'unreadable' as const)
    if (small === 'unreadable') return setTrouble('unreadable')
    if (small === null) return setTrouble('tooLarge')
    save(() => uploadPhoto(file.residentId, small))
  }
  return (
    <Card title={t('residents.photo.title')} testId="card-photo">
      <div className="resident-photo">
        {file.photo ? (
          <img
            src={photoUrl(file.residentId, file.photo.photoId)}
            alt={t('file.photo', { name: file.name })}
            data-testid="photo"
          />
        ) : (
          <span className="resident-initial" aria-hidden="true">
            {[...file.name][0]}
          </span>
        )}
        <div>
          <input
            ref={input}
            type="file"
            accept={PHOTO_TYPES.join()}
            hidden
            data-testid="photo-file"
            onChange={(event) => {
              const [picture] = event.target.files ?? []
              void choose(picture)
              // The same file may be chosen again.
              event.target.value = ''
            }}
          />
          <div className="office-actions">
            <Button onClick={() => input.current?.click()} loading={busy} data-testid="photo-choose">
              {t(file.photo ? 'residents.photo.replace' : 'residents.photo.choose')}
            </Button>
            {file.photo ? (
              <Button
                disabled={busy}
                onClick={() => save(() => removePhoto(file.residentId))}
                data-testid="photo-remove"
              >
                {t('residents.photo.remove')}
              </Button>
            ) : null}
          </div>
          <p className="resident-hint">{t('residents.photo.hint')}</p>
          {trouble ? <Alert type="error" showIcon title={t(`residents.photo.${trouble}`)} /> : null}
        </div>
      </div>
    </Card>
  )
}
