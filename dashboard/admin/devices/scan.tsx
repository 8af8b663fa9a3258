import { Alert, Button, Modal } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { readScan, type Scanned } from './scan-text.ts'

/** The browser's own reader of codes (Shape Detection API); phones have it, most desks don't. */
interface CodeReader {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
interface WithCodeReader {
  BarcodeDetector?: new () => CodeReader
}

const codeReader = (): WithCodeReader['BarcodeDetector'] => (window as Window & WithCodeReader).BarcodeDetector

/** Cameras are given to pages on HTTPS only. */
const canScan = (): boolean =>
  window.isSecureContext && codeReader() !== undefined && navigator.mediaDevices !== undefined

interface Props {
  label: string
  onScan(found: Scanned): void
}

/** Reads a label with the phone's camera; not there where the browser can't. */
export function ScanButton({ label, onScan }: Props) {
  const [open, setOpen] = useState(false)
  if (!canScan()) return null
  const done = (found: Scanned) => {
    setOpen(false)
    onScan(found)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)} data-testid="scan">
        {label}
      </Button>
      {open ? <ScanDialog onScan={done} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

/** Between two looks at the picture, ms. */
const LOOK_MS = 150

function ScanDialog({ onScan, onClose }: { onScan(found: Scanned): void; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  return (
    <Modal open title={t('devices.scan.title')} footer={null} onCancel={onClose} width={420}>
      <p className="dialog-lead">{t('devices.scan.lead')}</p>
      <Camera onScan={onScan} />
      <Button block onClick={onClose}>
        {t('devices.scan.close')}
      </Button>
    </Modal>
  )
}

/** The picture, and what was found in it. A component of its own: it begins when its video is there. */
function Camera({ onScan }: { onScan(found: Scanned): void }) {
  const { t } = useTexts()
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  const [unknown, setUnknown] = useState<string | null>(null)
  const found = useRef(onScan)
  useEffect(() => {
    found.current = onScan
  })
  useEffect(() => {
    const watching = new AbortController()
    watch(video.current, watching.signal, (text) => {
      const scanned = readScan(text)
      if (scanned === null) return setUnknown(text.slice(0, 60))
      watching.abort()
      found.current(scanned)
    }).catch(() => setFailed(!watching.signal.aborted))
    return () => watching.abort()
  }, [])
  return (
    <>
      {failed ? <Alert type="warning" showIcon className="form-alert" title={t('devices.scan.camera')} /> : null}
      {/* Silent: there is nothing to caption. */}
      <video ref={video} className="scan-video" muted playsInline hidden={failed} />
      {unknown === null ? null : (
        <p className="muted" role="status">
          {t('devices.scan.unknown', { text: unknown })}
        </p>
      )}
    </>
  )
}

/** Shows the camera's picture and looks for codes in it until the signal ends that. @throws when there is no camera */
async function watch(
  video: HTMLVideoElement | null,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
  const Reader = codeReader()
  if (Reader === undefined || video === null) return
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  try {
    const reader = new Reader()
    video.srcObject = stream
    if (!signal.aborted) await video.play()
    while (!signal.aborted) {
      const [code] = await reader.detect(video)
      if (code && !signal.aborted) onText(code.rawValue)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}
