import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import type { RunningEdge } from '../../../edge/start-edge.ts'
import { agreeWithModel, patient, requireWholeBlobs } from './agree-with-model.ts'
import type { CacheCommand } from './cache-commands.ts'
import { CacheModel } from './cache-model.ts'
import type { FaultProxy } from './fault-proxy.ts'

/** An edge that serves one version of the bundle. */
export interface ServedVersion {
  readonly edge: RunningEdge
  readonly manifest: Manifest
}

/**
 * One history in one browser profile: what is done to the service worker is done to the model too, and the
 * two are held against each other after every step.
 */
export class HistoryRun {
  readonly #pages: readonly [Page, Page]
  readonly #session: CDPSession
  readonly #proxy: FaultProxy
  readonly #versions: readonly [ServedVersion, ServedVersion]
  readonly #pageFolder: string
  readonly #model: CacheModel
  #served = 0

  private constructor(
    pages: readonly [Page, Page],
    session: CDPSession,
    proxy: FaultProxy,
    versions: readonly [ServedVersion, ServedVersion],
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
    versions: readonly [ServedVersion, ServedVersion],
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

  /** To be called once, after the last step. */
  async finish(): Promise<void> {
    await this.#agree()
    await requireWholeBlobs(this.#pages[0], this.#model)
  }

  #agree(): Promise<void> {
    return agreeWithModel(this.#pages, this.#model)
  }
}
