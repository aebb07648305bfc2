import { expect, it } from 'vitest'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import { nameBlobs } from '../cache/blob-names.ts'
import { joinPictures, mostPictureBytes, splitPictures } from './class-pictures.ts'
import { blobsOf } from './manifest-blobs.ts'
import { parseManifest } from './parse-manifest.ts'
import type { Manifest } from './manifest.ts'
import { sha256Hex } from './hash.ts'

const files = [[1], [2, 3], [4, 5, 6], [7]].map((bytes) => Uint8Array.from(bytes))

async function withPictures(change: Partial<NonNullable<Manifest['classPictures']>> = {}): Promise<unknown> {
  const { manifest } = await createSampleBundle()
  const { blob, lengths } = joinPictures(files)
  return {
    ...manifest,
    classPictures: { bytes: blob.byteLength, sha256: await sha256Hex(blob), lengths, ...change },
  }
}

it('gives each class its picture again', () => {
  expect(splitPictures(joinPictures(files)).map((bytes) => [...bytes])).toEqual([[1], [2, 3], [4, 5, 6], [7]])
})

it('is a blob that a device keeps', async () => {
  const manifest = parseManifest(await withPictures())
  const pictures = blobsOf(manifest).find(({ role }) => role === 'classPictures')
  expect(pictures?.ref).toEqual({ bytes: 7, sha256: manifest.classPictures?.sha256 })
  expect(nameBlobs([manifest], true).blobs.get(pictures?.ref.sha256 ?? '')?.keeping).toBe('resident')
})

it('has a picture for each class, and no byte more', async () => {
  for (const change of [
    { lengths: [1, 2, 4] },
    { lengths: [1, 2, 3, 2] },
    { lengths: [1, 2, 3, mostPictureBytes + 1], bytes: mostPictureBytes + 7 },
    { lengths: [0, 3, 3, 1] },
  ]) {
    const value = await withPictures(change)
    expect(() => parseManifest(value)).toThrow(expect.objectContaining({ code: 'manifest-invalid' }))
  }
})
