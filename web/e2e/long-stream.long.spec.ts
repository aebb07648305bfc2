import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CDPSession, Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { recordReliability } from '../../test/reliability/record-reliability.ts'
import { longestLog } from '../page/stream-log/stream-log.ts'
import { startCountingEdge } from './harness/counting-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage } from './harness/page-driver.ts'

// As many frames of the demo as an hour has at 8 a second, as fast as they go, and what grows meanwhile.
// Before them the stream's log fills. Ten minutes at most in all (LONG_STREAM_MINUTES): where the machine is
// too slow, the number that was played is what is recorded. Needs a built page.

const hourOfFrames = 3_600 * 8
const mostMinutes = Number(process.env['LONG_STREAM_MINUTES'] ?? 10)
/** Four a third: a fast machine plays more frames than an hour has. */
const leastSamples = 12
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Sample {
  readonly frames: number
  readonly nodes: number
  readonly listeners: number
  readonly heapBytes: number
  /** All agents of the page together, WebAssembly too: page, inference worker, threads. */
  readonly memoryBytes: number
  readonly rows: number
}

/**
 * What the last third of the samples may have more than the first, in medians: as a share, and at least so
 * much.
 */
const limits: Readonly<
  Record<Exclude<keyof Sample, 'frames'>, { readonly share: number; readonly atLeast: number }>
> = {
  nodes: { share: 0.05, atLeast: 100 },
  listeners: { share: 0.05, atLeast: 20 },
  heapBytes: { share: 0.1, atLeast: 4 * 2 ** 20 },
  memoryBytes: { share: 0.1, atLeast: 8 * 2 ** 20 },
  rows: { share: 0, atLeast: 2 },
}

async function countRows(): Promise<number> {
  const asked = <Result>(request: IDBRequest<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error ?? new Error('no answer'))
    })
  let rows = 0
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name))
    for (const store of database.objectStoreNames)
      rows += await asked(database.transaction(store).objectStore(store).count())
    database.close()
  }
  return rows
}

const measureMemory = async (): Promise<number> => {
  const measuring = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
  return (await measuring.measureUserAgentSpecificMemory()).bytes
}

async function takeSample(page: Page, session: CDPSession, frames: number): Promise<Sample> {
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN
  const [rows, memoryBytes] = [await page.evaluate(countRows), await page.evaluate(measureMemory)]
  return {
    frames,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    heapBytes: of('JSHeapUsedSize'),
    memoryBytes,
    rows,
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

it('an hour of frames leaves nothing behind', { timeout: 3_600_000 }, async () => {
  const edge = await startCountingEdge(['walkers'], join(root, 'dist'))
  onTestFinished(() => edge.close())
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const driver = drivePage(page)
  await page.goto(`${edge.origin}/?rate=max`)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await driver.playDemo()
  const startedAt = performance.now()
  const minutes = (): number => (performance.now() - startedAt) / 60_000
  // What is loaded once is there, and the stream's log is as long as it gets.
  while ((await driver.frames()) < longestLog && minutes() < mostMinutes / 2)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  const framesBefore = await driver.frames()
  const samples: Sample[] = []
  const isEnough = (): boolean =>
    samples.length >= leastSamples && (samples.at(-1)?.frames ?? 0) - framesBefore >= hourOfFrames
  while (minutes() < mostMinutes && !isEnough()) {
    samples.push(await takeSample(page, session, await driver.frames()))
    await new Promise((resolve) => setTimeout(resolve, (mostMinutes * 60_000) / 40))
  }
  const frames = (await driver.frames()) - framesBefore
  expect(await driver.state()).toBe('playing')
  const third = Math.floor(samples.length / 3)
  const growth = Object.entries(limits).map(([key, { share, atLeast }]) => {
    const of = (part: readonly Sample[]): number =>
      median(part.map((sample) => sample[key as keyof typeof limits]))
    const [first, last] = [of(samples.slice(0, third)), of(samples.slice(-third))]
    return { key, first, last, isOver: !(last - first <= Math.max(atLeast, share * first)) }
  })
  await recordReliability(
    'long stream',
    { longStreamFrames: frames, longStreamGrowing: growth.filter(({ isOver }) => isOver).length },
    {
      framesBefore,
      minutes: Math.round(minutes() * 10) / 10,
      samples: samples.length,
      growth: growth.map(({ key, first, last }) => ({ key, first, last })),
    },
  )
  expect(third).toBeGreaterThanOrEqual(3)
  expect(growth.filter(({ isOver }) => isOver)).toEqual([])
  expect(driver.complaints).toEqual([])
})
