import { PHOTO_BYTES } from '../../../server/contract/case-file.ts'

/** Longest side of a photo, pixels: twice what any page shows. */
const SIDES = [640, 480, 320] as const
const QUALITY = 0.85

/**
 * Scales a picture down until it fits into a file, as JPEG.
 * @returns null when it fits at no size
 * @throws when the browser can't read it
 */
export async function shrinkPhoto(picture: Blob): Promise<Blob | null> {
  const bitmap = await createImageBitmap(picture)
  try {
    for (const side of SIDES) {
      const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
      const canvas = document.createElement('canvas')
      canvas.width = Math.max(1, Math.round(bitmap.width * scale))
      canvas.height = Math.max(1, Math.round(bitmap.height * scale))
      const context = canvas.getContext('2d')
      if (!context) throw new Error('no canvas here')
      // JPEG has no transparency: what was seen through is white.
      context.fillStyle = '#fff'
      context.fillRect(0, 0, canvas.width, canvas.height)
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
      const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
      if (made && made.size <= PHOTO_BYTES) return made
    }
    return null
  } finally {
    bitmap.close()
  }
}
