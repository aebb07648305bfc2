import * as fc from 'fast-check'
import { buildApp } from './build-app.ts'
import { cacheHistory } from './cache-commands.ts'
import { openCacheLane } from './cache-lane.ts'
import { launchChromium } from './launch-chromium.ts'

export interface PlayedHistories {
  readonly played: number
  /** What went another way than in the model; each has the seed that repeats it. */
  readonly violations: readonly string[]
}

export interface HistoryOptions {
  readonly count: number
  readonly seed: number
  /** Browser profiles side by side. */
  readonly lanes: number
}

/**
 * Plays drawn histories against the real service worker in a real browser. A lane ends with its first
 * violation.
 */
export async function playHistories({ count, seed, lanes }: HistoryOptions): Promise<PlayedHistories> {
  const app = await buildApp('cache-page')
  const browser = await launchChromium()
  try {
    const results = await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const stage = await openCacheLane(browser, app.folder)
        try {
          const property = fc.asyncProperty(cacheHistory, (history) => stage.play(history))
          // Shrinking would play hundreds of histories more; the seed repeats the whole one.
          return await fc.check(property, {
            numRuns: Math.ceil(count / lanes),
            seed: seed + lane,
            endOnFailure: true,
          })
        } finally {
          await stage.close()
        }
      }),
    )
    const failed = results.filter((result) => result.failed)
    return {
      played: results.reduce((sum, { numRuns }) => sum + numRuns, 0),
      violations: failed.map(
        (result) =>
          `seed ${result.seed}, path ${result.counterexamplePath ?? '?'}: ${String(result.errorInstance)}\n${JSON.stringify(result.counterexample)}`,
      ),
    }
  } finally {
    await browser.close()
    await app.remove()
  }
}
