import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { buildReport } from '../train/report/build-report.ts'
import { sampleReport } from '../train/report/testing/sample-report.ts'

const executablePath = findChromium()

/** Names and numbers that take much room. */
async function roomyReport(): Promise<string> {
  const data = await sampleReport()
  const curve = (network: string, losses: readonly number[]): (typeof data.curves)[number] => ({
    network,
    points: losses.map((loss, index) => ({ step: 1 + index * 99_999, epoch: index, loss, accuracy: 0.5 })),
  })
  return buildReport({
    ...data,
    manifest: {
      ...data.manifest,
      classNames: ['W'.repeat(40), '犬'.repeat(20), 'golden retriever of the north', 'i'],
    },
    curves: [curve('full', [12_345.678, 1000.5]), curve('p1', [0.00012, 0.00011])],
    evaluation: {
      ...data.evaluation,
      inRegion: data.evaluation.inRegion.map((region, index) => ({
        ...region,
        partition: `a-partition-of-a-long-name-${index}`,
      })),
    },
  })
}

// Without a browser nothing can be looked at; `npm test` reports a missing one as a failure.
describe.skipIf(executablePath === '')('the report on a screen', { timeout: 240_000 }, () => {
  it('cuts off no label, never scrolls sideways, and has what matters on its first screen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cachenet-report-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const path = join(folder, 'report.html')
    await writeFile(path, await roomyReport())
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    onTestFinished(() => browser.close())
    for (const [width, height] of [
      [390, 844],
      [1280, 800],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height } })
      await page.goto(pathToFileURL(path).href)
      const seen = await page
        .locator('.tiles, .pairs')
        .evaluateAll((shown) => shown.map((element) => element.getBoundingClientRect().bottom))
      expect(seen.every((bottom) => bottom < height)).toBe(true)
      expect(
        await page.getByText('What to do next').evaluate((element) => element.getBoundingClientRect().bottom),
      ).toBeLessThan(height)
      await page
        .locator('details.more')
        .evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')))
      const cut = await page.locator('svg text').evaluateAll((all) =>
        all.flatMap((text) => {
          const [own, picture] = [
            text.getBoundingClientRect(),
            text.closest('svg')?.getBoundingClientRect() ?? new DOMRect(),
          ]
          const isInside =
            own.left > picture.left - 1 &&
            own.right < picture.right + 1 &&
            own.top > picture.top - 1 &&
            own.bottom < picture.bottom + 1
          return isInside ? [] : [text.textContent]
        }),
      )
      expect(cut).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      await page.close()
    }
  })
})
