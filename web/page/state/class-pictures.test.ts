import { signal } from '@preact/signals'
import { describe, expect, it, vi } from 'vitest'
import { joinPictures } from '../../../core/bundle/class-pictures.ts'
import { sha256Hex } from '../../../core/bundle/hash.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createClassPictures } from './class-pictures.ts'

const files = ['one', 'two!', 'three', 'four4'].map((text) => new TextEncoder().encode(text))

async function bundleWithPictures(): Promise<{ manifest: Manifest; blob: Uint8Array<ArrayBuffer> }> {
  const { manifest } = await createSampleBundle()
  const { blob, lengths } = joinPictures(files)
  return {
    blob,
    manifest: {
      ...manifest,
      classPictures: { bytes: blob.byteLength, sha256: await sha256Hex(blob), lengths: [...lengths] },
    },
  }
}

function watching(blob: Uint8Array<ArrayBuffer> | undefined) {
  const manifest = signal<Manifest | undefined>(undefined)
  const blobs: Blob[] = []
  const revoked: string[] = []
  const pictures = createClassPictures({
    manifest,
    connecting: Promise.resolve({
      fetchBlob: () =>
        blob === undefined
          ? Promise.reject(new CacheNetError('edge-unreachable', 'away'))
          : Promise.resolve({ bytes: blob.buffer, source: 'cache' as const }),
    }),
    whenIdle: () => Promise.resolve(),
    urls: {
      createObjectURL: (made) => `blob:${blobs.push(made as Blob)}`,
      revokeObjectURL: (url) => void revoked.push(url),
    },
  })
  return { manifest, pictures, blobs, revoked }
}

describe('pictures of classes', () => {
  it('come with a bundle that has them, and go with it', async () => {
    const { manifest: opened, blob } = await bundleWithPictures()
    const { manifest, pictures, blobs, revoked } = watching(blob)
    expect(pictures.value).toEqual([])
    manifest.value = opened
    await vi.waitFor(() => expect(pictures.value).toHaveLength(4))
    expect(await Promise.all(blobs.map((one) => one.text()))).toEqual(['one', 'two!', 'three', 'four4'])
    const shown = pictures.value
    manifest.value = undefined
    expect(pictures.value).toEqual([])
    expect(revoked).toEqual(shown)
  })

  it('are not missed where they cannot be had, or there are none', async () => {
    const { manifest: opened } = await bundleWithPictures()
    const { manifest, pictures } = watching(undefined)
    manifest.value = opened
    await new Promise((resolve) => setTimeout(resolve))
    expect(pictures.value).toEqual([])
    const { classPictures: _, ...plain } = opened
    manifest.value = plain
    await new Promise((resolve) => setTimeout(resolve))
    expect(pictures.value).toEqual([])
  })
})
