import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { PHOTO_BYTES, type PhotoType } from '../../contract/case-file.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { type By, lockFile, noteChange, type Tx, wrongField } from './changes.ts'

/**
 * What an image is by its first bytes, whatever its sender calls it: JPEG (ITU-T T.81), PNG (W3C PNG 5.2) or WebP (RFC
 * 9649); null for anything else. Pure.
 */
export function photoType(image: Uint8Array): PhotoType | null {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength)
  if (bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return 'image/jpeg'
  if (bytes.subarray(0, 8).equals(PNG)) return 'image/png'
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp'
  return null
}
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Puts a photo into a file; the ones before it stay.
 * @param declared the media type that its sender gave
 * @returns its id
 * @throws DomainError not_found, payload_too_large, unsupported_media_type, invalid_request
 */
export async function addPhoto(tx: Tx, residentId: string, image: Buffer, declared: string, by: By): Promise<string> {
  if (image.length === 0) throw wrongField('body', 'is empty: send the picture itself')
  if (image.length > PHOTO_BYTES) {
    throw new DomainError('payload_too_large', `A photo has at most ${PHOTO_BYTES / 1024} KiB. Scale it down first.`)
  }
  const type = photoType(image)
  if (type === null) throw new DomainError('unsupported_media_type', 'This is no JPEG, PNG or WebP picture.')
  if (type !== declared) throw wrongField('content-type', `is ${declared}, but the picture is ${type}`)
  return writePhoto(tx, residentId, { image, media_type: type }, by)
}

/** Takes the photo out; the ones before stay in the history. @throws DomainError not_found */
export async function removePhoto(tx: Tx, residentId: string, by: By): Promise<string> {
  return writePhoto(tx, residentId, { image: null, media_type: null }, by)
}

async function writePhoto(
  tx: Tx,
  residentId: string,
  photo: { image: Buffer | null; media_type: PhotoType | null },
  by: By,
): Promise<string> {
  await lockFile(tx, residentId)
  const before = await newest(tx, residentId).select(['photo_id', 'media_type']).executeTakeFirst()
  const hadOne = before !== undefined && before.media_type !== null
  if (photo.image === null && !hadOne) throw new DomainError('not_found', 'This resident has no photo.')
  const photoId = uuidv7()
  await tx
    .insertInto('resident_photo')
    .values({ photo_id: photoId, resident_id: residentId, ...photo, added_at: new Date(by.now), added_by: by.userId })
    .execute()
  await noteChange(tx, residentId, by, {
    part: 'photo',
    before: hadOne ? { photoId: before.photo_id } : {},
    after: photo.image === null ? {} : { photoId, type: photo.media_type, bytes: photo.image.length },
  })
  return photoId
}

function newest(db: Kysely<Database>, residentId: string) {
  return db
    .selectFrom('resident_photo')
    .where('resident_id', '=', residentId)
    .orderBy('added_at', 'desc')
    .orderBy('photo_id', 'desc')
    .limit(1)
}

/** Which photo a resident has now; null: none. */
export async function photoRef(
  db: Kysely<Database>,
  residentId: string,
): Promise<{ photoId: string; addedAt: string } | null> {
  const row = await newest(db, residentId).select(['photo_id', 'added_at', 'media_type']).executeTakeFirst()
  return row === undefined || row.media_type === null
    ? null
    : { photoId: row.photo_id, addedAt: row.added_at.toISOString() }
}

/** The photo itself. @throws DomainError not_found */
export async function readPhoto(
  db: Kysely<Database>,
  residentId: string,
): Promise<{ photoId: string; image: Buffer; type: PhotoType }> {
  const row = await newest(db, residentId).select(['photo_id', 'image', 'media_type']).executeTakeFirst()
  if (row === undefined || row.image === null || row.media_type === null) {
    throw new DomainError('not_found', 'This resident has no photo.')
  }
  return { photoId: row.photo_id, image: row.image, type: row.media_type }
}
