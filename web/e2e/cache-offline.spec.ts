import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { blobsOf } from '../../core/bundle/manifest-blobs.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { apiPaths } from '../../core/wire/api-paths.ts'
import { useCacheStage } from './harness/cache-stage.ts'

// What is stored when the edge is away, and when a new version comes.

const stage = useCacheStage()
const { partition, hashes, connect, fetchRef, fetchPartition, storedBlobs, source, killServiceWorker } = stage

describe('offline', () => {
  it('starts, with manifest, bundle list and all that is cached', async () => {
    await connect()
    await stage.page.evaluate(
      async (paths) => Promise.all(paths.map((path) => window.harness.fetchText(path))),
      [apiPaths.bundles, apiPaths.manifest(stage.manifest.id)],
    )
    await fetchRef(stage.manifest.generalist.whole)
    await fetchPartition(0)
    await killServiceWorker()
    await stage.proxy.goOffline()

    await stage.page.goto(`${stage.proxy.origin}/?some=query`)
    expect(await stage.page.title()).toBe('Partition cache')
    expect(await connect()).toBe(true)
    expect(await stage.page.evaluate(() => crossOriginIsolated)).toBe(true)
    const list = await stage.page.evaluate((path) => window.harness.fetchText(path), apiPaths.bundles)
    expect(list).toMatchObject({ status: 200, source: 'cache' })
    const stored = await stage.page.evaluate(
      (path) => window.harness.fetchText(path),
      apiPaths.manifest(stage.manifest.id),
    )
    expect(stored).toMatchObject({ status: 200, source: 'cache' })
    expect((JSON.parse(stored.text) as Manifest).partitions).toHaveLength(6)
    expect(await source(fetchRef(stage.manifest.generalist.whole))).toBe('cache')
    expect(await source(fetchPartition(0))).toBe('cache')
    expect(await fetchPartition(1)).toBe('edge-unreachable')

    await stage.proxy.goOnline()
    expect(await source(fetchPartition(1))).toBe('network')
  })

  it('answers with the stored manifest where a login page comes in its place', async () => {
    await connect()
    const path = apiPaths.manifest(stage.manifest.id)
    await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    stage.proxy.faults.set(path, 'login-page')
    expect(await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)).toMatchObject({
      status: 200,
      source: 'cache',
    })
    stage.proxy.faults.clear()
    stage.proxy.faults.set(path, 'silent')
    expect(await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)).toMatchObject({
      status: 200,
      source: 'cache',
    })
  })
})

describe('a new version', () => {
  it('of the bundle is in force when its generalist is stored, and drops only what nothing names', async () => {
    await connect()
    const path = apiPaths.manifest(stage.manifest.id)
    await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    await fetchRef(stage.manifest.generalist.whole)
    for (const index of [0, 1]) await fetchPartition(index)

    stage.proxy.upstream = stage.edges[1]?.origin ?? ''
    const fresh = await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    expect(fresh).toMatchObject({ source: 'network' })
    expect((JSON.parse(fresh.text) as Manifest).generalist).toEqual(stage.nextManifest.generalist)
    expect(await storedBlobs()).toHaveLength(3)

    // The edge goes out of reach before the new generalist has come: the bundle before it still works as a
    // whole.
    await stage.proxy.goOffline()
    const offline = await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    expect((JSON.parse(offline.text) as Manifest).generalist).toEqual(stage.manifest.generalist)
    await stage.proxy.goOnline()

    expect(await source(fetchRef(stage.nextManifest.generalist.whole))).toBe('network')
    await vi.waitFor(async () =>
      expect(await storedBlobs()).toEqual([stage.nextManifest.generalist.whole.sha256]),
    )
    await stage.proxy.goOffline()
    const after = await stage.page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    expect((JSON.parse(after.text) as Manifest).generalist).toEqual(stage.nextManifest.generalist)
    expect(blobsOf(stage.nextManifest).map(({ ref }) => ref.sha256)).not.toContain(partition(0).sha256)
  })

  it('of the app waits until it is asked for, reloads, and keeps every partition', async () => {
    await connect()
    for (const index of [0, 1]) await fetchPartition(index)
    const script = join(stage.app.folder, 'sw.js')
    const original = await readFile(script)
    try {
      await appendFile(script, '\n// A new version.\n')
      await stage.page.reload()
      await connect()
      await vi.waitFor(
        async () => expect(await stage.page.evaluate(() => window.harness.isUpdateReady())).toBe(true),
        { timeout: 10_000 },
      )
      // Until it is asked for, the page goes on with the version that it came with.
      expect(await source(fetchPartition(0))).toBe('cache')
      const reloaded = stage.page.waitForEvent('load')
      await stage.page.evaluate(() => window.harness.applyUpdate())
      await reloaded
      await connect()
      expect(await stage.page.evaluate(() => window.harness.isUpdateReady())).toBe(false)
      expect(await storedBlobs()).toEqual(hashes(0, 1))
      expect(await source(fetchPartition(1))).toBe('cache')
    } finally {
      await writeFile(script, original)
    }
  })
})
