import { describe, expect, it } from 'vitest'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { createReload } from './reload-partition.ts'

const { signal } = new AbortController()

async function reload({ hasDeltas = true, isOpen = true } = {}) {
  const { manifest } = await createSampleBundle({ hasDeltas })
  const asked: [string, BlobRef][] = []
  const connecting = Promise.resolve({
    fetchBlob(_signal: AbortSignal, bundleId: string, ref: BlobRef) {
      asked.push([bundleId, ref])
      return Promise.resolve({ bytes: new ArrayBuffer(4), source: 'cache' as const })
    },
  })
  return { manifest, asked, reload: createReload(() => (isOpen ? manifest : undefined), connecting) }
}

describe('createReload', () => {
  it('gets a partition in the form that it was resident in', async () => {
    const { manifest, asked, reload: get } = await reload()
    const [first] = manifest.partitions
    expect(await get(signal, 'p0', 'delta')).toHaveLength(4)
    await get(signal, 'p0', 'whole')
    expect(asked).toEqual([
      [manifest.id, first?.delta],
      [manifest.id, first?.whole],
    ])
  })

  it('gets the whole where there is no delta', async () => {
    const { manifest, asked, reload: get } = await reload({ hasDeltas: false })
    await get(signal, 'p0', 'delta')
    expect(asked).toEqual([[manifest.id, manifest.partitions[0]?.whole]])
  })

  it('refuses what the open bundle does not have', async () => {
    const { reload: get } = await reload()
    await expect(get(signal, 'px', 'whole')).rejects.toMatchObject({ code: 'blob-missing' })
    const { reload: none } = await reload({ isOpen: false })
    await expect(none(signal, 'p0', 'whole')).rejects.toMatchObject({ code: 'blob-missing' })
  })
})
