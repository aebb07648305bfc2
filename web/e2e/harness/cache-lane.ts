import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../../edge/testing/bundle-folder.ts'
import type { CacheCommand } from './cache-commands.ts'
import { CacheModel } from './cache-model.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'

interface Version {
  readonly edge: RunningEdge
  readonly manifest: Manifest
}

/** Long: a machine with other work is late, and that is no violation. */
const patient = { timeout: 120_000, interval: 15 }

/**
 * Two versions of a bundle behind one address, and the page of the partition cache: histories are played
 * here, one after the other.
 */
export interface CacheLane {
  /**
   * Plays a history in a fresh browser profile and holds the service worker against the model after every
   * step.
   */
  play(history: readonly CacheCommand[]): Promise<void>
  close(): Promise<void>
}

export async function openCacheLane(browser: Browser, appFolder: string): Promise<CacheLane> {
  const pageFolder = await mkdtemp(join(tmpdir(), 'cachenet-lane-'))
  await cp(appFolder, pageFolder, { recursive: true })
  const folders: (() => Promise<void>)[] = []
  const start = async (seed: number): Promise<Version> => {
    const { folder, remove } = await temporaryFolder()
    folders.push(remove)
    const bundle = await createSampleBundle({ seed, partitions: 6 })
    await writeBundle(folder, bundle)
    return {
      edge: await startEdge({ port: 0, host: '127.0.0.1', threads: 1, bundlesFolder: folder, pageFolder }),
      manifest: bundle.manifest,
    }
  }
  const versions = [await start(1), await start(2)] as const
  const proxy = await startFaultProxy(versions[0].edge.origin)
  return {
    async play(history) {
      proxy.upstream = versions[0].edge.origin
      const context = await browser.newContext()
      try {
        const run = await HistoryRun.begin(context, proxy, versions, pageFolder)
        for (const [step, command] of history.entries()) {
          try {
            await run.step(command)
          } catch (cause) {
            throw new Error(
              `Step ${step} (${JSON.stringify(command)}): ${cause instanceof Error ? cause.message : String(cause)}`,
              { cause },
            )
          }
        }
        await run.finish()
      } finally {
        await context.close()
      }
    },
    async close() {
      await proxy.close()
      await Promise.all([
        ...versions.map(({ edge }) => edge.close()),
        ...folders.map((remove) => remove()),
        rm(pageFolder, { recursive: true, force: true }),
      ])
    },
  }
}

class HistoryRun {
  readonly #pages: readonly [Page, Page]
  readonly #session: CDPSession
  readonly #proxy: FaultProxy
  readonly #versions: readonly [Version, Version]
  readonly #pageFolder: string
  readonly #model: CacheModel
  #served = 0

  private constructor(
    pages: readonly [Page, Page],
    session: CDPSession,
    proxy: FaultProxy,
    versions: readonly [Version, Version],
    pageFolder: string,
  ) {
    this.#pages = pages
    this.#session = session
    this.#proxy = proxy
    this.#versions = versions
    this.#pageFolder = pageFolder
    this.#model = new CacheModel(versions[0].manifest)
  }

  static async begin(
    context: BrowserContext,
    proxy: FaultProxy,
    versions: readonly [Version, Version],
    pageFolder: string,
  ): Promise<HistoryRun> {
    const pages = [await context.newPage(), await context.newPage()] as const
    for (const page of pages) {
      await page.goto(proxy.origin)
      expect(await page.evaluate(() => window.harness.connect())).toBe(true)
    }
    const session = await context.newCDPSession(pages[0])
    await session.send('ServiceWorker.enable')
    const run = new HistoryRun(pages, session, proxy, versions, pageFolder)
    await run.#fetch(0, versions[0].manifest.generalist.whole)
    await run.#agree()
    return run
  }

  get #manifest(): Manifest {
    return this.#versions[this.#served === 0 ? 0 : 1].manifest
  }

  #ref(index: number): BlobRef {
    const ref = this.#manifest.partitions[index]?.whole
    if (ref === undefined) throw new RangeError('There are six partitions.')
    return ref
  }

  #page(tab: number): Page {
    return this.#pages[tab === 0 ? 0 : 1]
  }

  async #fetch(tab: number, ref: BlobRef): Promise<string> {
    const fetched = await this.#page(tab).evaluate(([id, wanted]) => window.harness.fetchHash(id, wanted), [
      this.#manifest.id,
      ref,
    ] as const)
    if (typeof fetched === 'string') throw new Error(`A blob was refused: ${fetched}`)
    // Never a wrong byte, whatever happened to what is stored.
    expect(fetched.sha256).toBe(ref.sha256)
    return fetched.source
  }

  async step(command: CacheCommand): Promise<void> {
    await this.#perform(command)
    await this.#agree()
  }

  async #perform(command: CacheCommand): Promise<void> {
    const model = this.#model
    switch (command.kind) {
      case 'fetch': {
        const ref = this.#ref(command.index)
        expect(await this.#fetch(command.tab, ref)).toBe(model.sourceOf(ref.sha256))
        model.fetched(ref.sha256, ref.bytes)
        return
      }
      case 'fetch-together': {
        const ref = this.#ref(command.index)
        const before = this.#proxy.requests(ref.sha256)
        await Promise.all([0, 1, 0].map((tab) => this.#fetch(tab, ref)))
        expect(this.#proxy.requests(ref.sha256) - before).toBe(model.sourceOf(ref.sha256) === 'cache' ? 0 : 1)
        model.fetched(ref.sha256, ref.bytes)
        return
      }
      case 'use': {
        const { sha256 } = this.#ref(command.index)
        await this.#page(command.tab).evaluate((id) => window.harness.use(id), sha256)
        model.step({ kind: 'used', id: sha256 })
        return
      }
      case 'remove': {
        const { sha256 } = this.#ref(command.index)
        await this.#page(command.tab).evaluate((id) => window.harness.remove(id), sha256)
        model.removed(sha256)
        return
      }
      case 'quota':
        return this.#fetchWhileFull(command.tab, this.#ref(command.index))
      case 'corrupt': {
        const { sha256 } = this.#ref(command.index)
        const isDone = await this.#pages[0].evaluate(([id, how]) => window.harness.corrupt(id, how), [
          sha256,
          command.how,
        ] as const)
        expect(isDone).toBe(model.stored.has(sha256))
        if (isDone) model.damaged.add(sha256)
        return
      }
      case 'pin': {
        const ids = command.indices.map((index) => this.#ref(index).sha256)
        await this.#page(command.tab).evaluate((pinned) => window.harness.pin(pinned), ids)
        model.step({ kind: 'pinned', ids })
        return
      }
      case 'set-budget': {
        const budget = { entries: command.entries, bytes: command.partitions * this.#ref(0).bytes }
        await this.#page(command.tab).evaluate((next) => window.harness.setBudget(next), budget)
        model.step({ kind: 'budget-set', budget })
        return
      }
      case 'clear':
        await this.#page(command.tab).evaluate(() => window.harness.clear())
        model.cleared()
        return
      case 'kill':
        return this.#kill()
      case 'delete-blobs':
        await this.#pages[0].evaluate(() => window.harness.deleteBlobs())
        // Noticed when somebody next looks.
        await this.#pages[0].evaluate(() => window.harness.list())
        model.blobsDeleted()
        return
      case 'delete-index':
        await this.#pages[0].evaluate(() => window.harness.deleteIndex())
        model.isIndexLost = true
        return
      case 'upgrade':
        return this.#upgrade()
      case 'update-app':
        return this.#updateApp()
      default:
        command satisfies never
    }
  }

  async #fetchWhileFull(tab: number, ref: BlobRef): Promise<void> {
    const { origin } = this.#proxy
    const model = this.#model
    const expected = model.sourceOf(ref.sha256) === 'cache' ? 'cache' : 'memory'
    await this.#session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
    try {
      expect(await this.#fetch(tab, ref)).toBe(expected)
      await this.#pages[0].evaluate(() => window.harness.list())
    } finally {
      await this.#session.send('Storage.overrideQuotaForOrigin', { origin })
    }
    model.refused(ref.sha256, ref.bytes)
    // The index had no room either; with the next change it is whole again.
    const { budget } = model.state
    await this.#page(tab).evaluate((next) => window.harness.setBudget(next), { ...budget })
    model.step({ kind: 'budget-set', budget })
  }

  /** Ends the service worker as a browser does when it needs the memory: no event, no warning. */
  async #kill(): Promise<void> {
    await this.#session.send('ServiceWorker.stopAllWorkers')
    const { entries } = await this.#pages[0].evaluate(() => window.harness.list())
    this.#model.restarted(
      entries
        .filter(({ role }) => role === 'partition')
        .map(({ sha256 }) => sha256)
        .reverse(),
    )
  }

  async #upgrade(): Promise<void> {
    this.#served = 1 - this.#served
    this.#proxy.upstream = this.#versions[this.#served === 0 ? 0 : 1].edge.origin
    const { status } = await this.#pages[0].evaluate(
      (path) => window.harness.fetchText(path),
      apiPaths.manifest(this.#manifest.id),
    )
    expect(status).toBe(200)
    await this.#fetch(0, this.#manifest.generalist.whole)
    this.#model.upgraded(this.#manifest)
  }

  async #updateApp(): Promise<void> {
    await appendFile(join(this.#pageFolder, 'sw.js'), '\n// another version\n')
    const [page] = this.#pages
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update()
    })
    await page.waitForFunction(() => window.harness.isUpdateReady(), undefined, {
      timeout: patient.timeout,
    })
    const reloaded = this.#pages.map((each) => each.waitForEvent('load'))
    await page.evaluate(() => window.harness.applyUpdate())
    await Promise.all(reloaded)
    for (const each of this.#pages) {
      await each.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
      expect(await each.evaluate(() => window.harness.connect())).toBe(true)
    }
    // The new version is a new life.
    await this.#kill()
  }

  /** Index, storage and model say the same, as soon as what was begun is done. */
  async #agree(): Promise<void> {
    const model = this.#model
    await vi.waitFor(
      async () =>
        expect(await this.#pages[0].evaluate(() => window.harness.storedBlobs())).toEqual(
          [...model.stored].sort(),
        ),
      patient,
    )
    const { entries, budget, storedBytes } = await this.#pages[1].evaluate(() => window.harness.list())
    const partitions = entries.filter(({ role }) => role === 'partition')
    expect(partitions.map(({ sha256 }) => sha256).reverse()).toEqual(model.order)
    expect(budget).toEqual(model.state.budget)
    const pinned = new Set(model.state.pinned)
    expect(
      partitions
        .filter(({ isPinned }) => isPinned)
        .map(({ sha256 }) => sha256)
        .sort(),
    ).toEqual(model.order.filter((id) => pinned.has(id)).sort())
    const isOver = storedBytes > budget.bytes || partitions.length > budget.entries
    // Over the budget is only what may not go: what is pinned, and what has just been stored.
    if (isOver) expect(partitions.filter(({ isPinned }) => !isPinned).length).toBeLessThanOrEqual(1)
  }

  /** Everything that is stored is what its name says, but for what the history itself has damaged. */
  async finish(): Promise<void> {
    await this.#agree()
    const found = await this.#pages[0].evaluate(() => window.harness.storedHashes())
    for (const [name, sha256] of found) if (!this.#model.damaged.has(name)) expect(sha256).toBe(name)
  }
}
