import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { startEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../../edge/testing/bundle-folder.ts'
import type { CacheCommand } from './cache-commands.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { HistoryRun, type ServedVersion } from './history-run.ts'

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
  const start = async (seed: number): Promise<ServedVersion> => {
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
