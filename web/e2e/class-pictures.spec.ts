import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, it, onTestFinished } from 'vitest'
import { joinPictures } from '../../core/bundle/class-pictures.ts'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { startEdge } from '../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../edge/testing/bundle-folder.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage } from './harness/page-driver.ts'

// A bundle that brings pictures of its classes: the page shows them beside the names, offline too.

const pageFolder = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist')
const colours = ['red', 'green', 'blue', 'yellow']

async function writeWithPictures(folder: string): Promise<void> {
  const { manifest, blobs } = await createSampleBundle()
  const create = (background: string): Promise<Uint8Array> =>
    sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .webp()
      .toBuffer()
  const { blob, lengths } = joinPictures(await Promise.all(colours.map(create)))
  const sha256 = await sha256Hex(blob)
  await writeBundle(folder, {
    manifest: {
      ...manifest,
      // What the table of classes is made of.
      metrics: { classByPartition: colours.map(() => manifest.partitions.map(() => 1)) },
      classPictures: { bytes: blob.byteLength, sha256, lengths: [...lengths] },
    },
    blobs: new Map([...blobs, [sha256, blob]]),
  })
}

it('shows the pictures of its classes, and again with no edge', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  await writeWithPictures(folder)
  const edge = await startEdge({ port: 0, host: '127.0.0.1', threads: 1, bundlesFolder: folder, pageFolder })
  onTestFinished(() => edge.close())
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const driver = drivePage(await context.newPage())
  const { page } = driver
  const shown = page.locator('[data-testid="heat-map"] [data-testid="class-picture"]')
  const isDrawn = (): Promise<readonly boolean[]> =>
    shown.evaluateAll((images) =>
      images.map((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth === 32),
    )

  await page.goto(edge.origin)
  await page.getByTestId('play-demo').waitFor()
  await driver.untilControlled()
  await page.reload()
  await driver.go('insight')
  await expect.poll(() => shown.count()).toBe(colours.length)
  await expect.poll(isDrawn).toEqual(colours.map(() => true))

  await context.setOffline(true)
  await page.reload()
  await driver.go('insight')
  await expect.poll(isDrawn).toEqual(colours.map(() => true))
  expect(driver.complaints.filter((text) => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})
