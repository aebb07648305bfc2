import { signal } from '@preact/signals'
import { describe, expect, it, vi } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createManifestWatch } from './manifest-watch.ts'
import type { OpenedBundle } from './open-bundle.ts'
import { createNotices } from '../state/notices.ts'

const { manifest } = await createSampleBundle()
const opened = (manifestSha256: string): OpenedBundle => ({ manifest, manifestSha256 }) as OpenedBundle

function watch(atEdge: () => Promise<{ sha256: string; isFresh: boolean; refusal?: CacheNetError }>) {
  const current = signal<OpenedBundle | undefined>(opened('old'))
  const clock = { ms: 0 }
  const notices = createNotices()
  const open = vi.fn(() => {
    current.value = opened('new')
    return Promise.resolve()
  })
  const fetchManifest = vi.fn(async () => ({
    manifest,
    text: '',
    signer: undefined,
    refusal: undefined,
    ...(await atEdge()),
  }))
  const tell = vi.fn()
  const watched = createManifestWatch({
    bundle: { open, opened: current },
    fetchManifest,
    notices,
    refusedBundles: { tell },
    nowMs: () => clock.ms,
  })
  const said = (): unknown[] => notices.list.value.map(({ kind, code }) => [kind, code])
  return {
    watched,
    open,
    fetchManifest,
    said,
    told: () => tell.mock.calls,
    clock,
    settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
  }
}

describe('a bundle that was replaced while it is open', () => {
  it('is opened anew, once, and the page says so', async () => {
    const { watched, open, fetchManifest, said, settle } = watch(() =>
      Promise.resolve({ sha256: 'new', isFresh: true }),
    )
    for (let frame = 0; frame < 20; frame++) watched.doubt()
    await settle()
    expect([open.mock.calls.length, fetchManifest.mock.calls.length]).toEqual([1, 1])
    expect(said()).toEqual([['info', 'bundle-changed']])
  })

  it('is not opened again and again where the edge gives the same manifest and goes on refusing', async () => {
    const { watched, open, fetchManifest, said, clock, settle } = watch(() =>
      Promise.resolve({ sha256: 'old', isFresh: true }),
    )
    for (let second = 0; second < 20; second++) {
      clock.ms = second * 1000
      watched.doubt()
      await settle()
    }
    expect(open).not.toHaveBeenCalled()
    expect(fetchManifest).toHaveBeenCalledTimes(2)
    expect(said()).toEqual([['warning', 'bundle-changed']])
  })

  it('stays as it is where only the stored manifest can be had, or none', async () => {
    const stored = watch(() => Promise.resolve({ sha256: 'older', isFresh: false }))
    stored.watched.doubt()
    await stored.settle()
    expect([stored.open.mock.calls.length, stored.said()]).toEqual([0, []])
    const away = watch(() => Promise.reject(new CacheNetError('edge-unreachable', 'Away.')))
    away.watched.doubt()
    await away.settle()
    expect([away.open.mock.calls.length, away.said()]).toEqual([0, []])
  })

  it('stays, and the page says why, where what the edge has was refused', async () => {
    const refusal = new CacheNetError('bundle-key-changed', 'Another key.')
    const stored = watch(() => Promise.resolve({ sha256: 'old', isFresh: false, refusal }))
    stored.watched.doubt()
    await stored.settle()
    const nothingStored = watch(() => Promise.reject(refusal))
    nothingStored.watched.doubt()
    await nothingStored.settle()
    for (const { open, told } of [stored, nothingStored])
      expect([open.mock.calls.length, told()]).toEqual([0, [[refusal]]])
  })

  it('is named where the edge has none of that name any more', async () => {
    const { watched, said, settle } = watch(() =>
      Promise.reject(new CacheNetError('bundle-unknown', 'Gone.')),
    )
    watched.doubt()
    await settle()
    expect(said()).toEqual([['error', 'bundle-unknown']])
  })
})
