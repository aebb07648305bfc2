import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { useCacheStage } from './harness/cache-stage.ts'

// The same cache where there is no service worker, or none yet.

const stage = useCacheStage()
const { partition, hashes, connect, fetchRef, fetchPartition, storedBlobs, source } = stage

describe('without a service worker', () => {
  async function expectPolicyInMemory(on: Page): Promise<void> {
    expect(await on.evaluate(() => window.harness.connect({ firstWaitMs: 0 }))).toBe(false)
    await on.evaluate(() => window.harness.setBudget({ entries: 2, bytes: 1_000_000 }))
    await fetchRef(stage.manifest.generalist.whole, on)
    for (const index of [0, 1, 2]) expect(await source(fetchPartition(index, on))).toBe('network')
    expect(await source(fetchPartition(1, on))).toBe('cache')
    expect(await source(fetchRef(stage.manifest.generalist.whole, on))).toBe('cache')
    const { entries, isPersistent } = await on.evaluate(() => window.harness.list())
    expect(isPersistent).toBe(false)
    expect(entries.map(({ sha256 }) => sha256)).toEqual([
      partition(2).sha256,
      partition(1).sha256,
      stage.manifest.generalist.whole.sha256,
    ])
    stage.proxy.faults.set(partition(3).sha256, 'altered')
    expect(await fetchPartition(3, on)).toBe('blob-altered')
  }

  it('keeps the same policy in memory, and says that it does not last', async () => {
    const privately = await stage.browser.newContext({ serviceWorkers: 'block' })
    const blocked = await privately.newPage()
    await blocked.goto(stage.proxy.origin)
    await expectPolicyInMemory(blocked)
    await privately.close()
  })

  it('does so for a page opened over http:// from another machine, which gets no WebCrypto either', async () => {
    const insecure = await stage.context.newPage()
    await insecure.goto(stage.proxy.origin.replace('127.0.0.1', 'edge.test'))
    expect(await insecure.evaluate(() => isSecureContext)).toBe(false)
    await expectPolicyInMemory(insecure)
  })

  it('starts in memory where the first installation takes long, and moves over when it is done', async () => {
    stage.proxy.faults.set('/sw.js', 'held')
    await stage.page.evaluate(() => window.harness.connect({ firstWaitMs: 0 }))
    expect(await stage.page.evaluate(() => window.harness.isPersistent())).toBe(false)
    await stage.page.evaluate(() => window.harness.setBudget({ entries: 2, bytes: 1_000_000 }))
    await stage.page.evaluate((sha256) => window.harness.pin([sha256]), partition(0).sha256)
    for (const index of [0, 1, 2]) await fetchPartition(index)
    stage.proxy.faults.delete('/sw.js')
    await vi.waitFor(
      async () => expect(await stage.page.evaluate(() => window.harness.isPersistent())).toBe(true),
      { timeout: 10_000 },
    )
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual(hashes(0, 2)))
    const events = await stage.page.evaluate(() => window.harness.events())
    expect(events).toContainEqual({ kind: 'persistence', isPersistent: true })
    expect((await stage.page.evaluate(() => window.harness.list())).budget.entries).toBe(2)
    // What is still held is downloaded once more, into the lasting cache: there is no copy of it in the
    // browser's HTTP cache.
    expect([0, 1, 2].map((index) => stage.proxy.requests(partition(index).sha256))).toEqual([2, 1, 2])
  })
})

describe('a forced reload', () => {
  it('passes the service worker by, which then takes the page under its control again', async () => {
    await connect()
    await fetchPartition(0)
    const session = await stage.context.newCDPSession(stage.page)
    const reloaded = stage.page.waitForEvent('load')
    await session.send('Page.reload', { ignoreCache: true })
    await reloaded
    expect(await stage.page.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
    expect(await connect()).toBe(true)
    expect(await source(fetchPartition(0))).toBe('cache')
  })
})
