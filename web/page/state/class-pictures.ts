import { effect, signal, type ReadonlySignal } from '@preact/signals'
import { splitPictures } from '../../../core/bundle/class-pictures.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { CacheClient } from '../partitions/cache-client.ts'

export interface ClassPicturesOptions {
  readonly manifest: ReadonlySignal<Manifest | undefined>
  readonly connecting: Promise<Pick<CacheClient, 'fetchBlob'>>
  /** Resolves when the page has nothing more urgent to do. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>
  readonly urls?: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>
}

/**
 * URLs of the pictures of the open bundle's classes, in their order; empty until they are there, and for
 * bundles that have none. They come last, out of the store where they are: nothing waits for them, and
 * without them the names do.
 */
export function createClassPictures({
  manifest,
  connecting,
  whenIdle,
  urls = URL,
}: ClassPicturesOptions): ReadonlySignal<readonly string[]> {
  const shown = signal<readonly string[]>([])

  async function fetchUrls(aborted: AbortSignal, of: Manifest): Promise<void> {
    const { classPictures, id } = of
    if (classPictures === undefined) return
    const cache = await connecting
    await whenIdle(aborted)
    const { lengths, bytes, sha256 } = classPictures
    const { bytes: fetched } = await cache.fetchBlob(aborted, id, { bytes, sha256 })
    if (aborted.aborted) return
    shown.value = splitPictures({ blob: new Uint8Array(fetched), lengths }).map((picture) =>
      urls.createObjectURL(new Blob([picture], { type: 'image/webp' })),
    )
  }

  effect(() => {
    const opened = manifest.value
    if (opened === undefined) return
    const closing = new AbortController()
    // What did not come is not missed: it is asked for again when the bundle is opened again.
    void fetchUrls(closing.signal, opened).catch(() => undefined)
    return () => {
      closing.abort()
      for (const url of shown.peek()) urls.revokeObjectURL(url)
      shown.value = []
    }
  })
  return shown
}
