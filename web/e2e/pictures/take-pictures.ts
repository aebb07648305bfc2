import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { endAtFlags } from '../../../core/command-line/answer-to-flags.ts'
import { screens, type Screen } from '../../page/state/screen.ts'
import { buildApp } from '../harness/build-app.ts'
import { startCountingEdge } from '../harness/counting-edge.ts'
import { launchChromium } from '../harness/launch-chromium.ts'
import { drivePage } from '../harness/page-driver.ts'
import { demoBundle, digestOfShown, picturesFolder, stampFile } from './picture-inputs.ts'

// `npm run pictures`: builds the app and takes the README's pictures of it, playing the demo with the bundle
// that it ships with. Everything that is on them happened.

const address = `?bundle=${demoBundle}&rate=max&seed=1`
/** Enough for some sites to be left and met again. */
const leastFrames = 600
const phone = { width: 390, height: 812 } as const
/** Phones stand side by side, this far apart, at this share of their size. */
const [gap, scale] = [16, 0.76]

async function takeScreens(
  browser: Browser,
  origin: string,
  viewport: { readonly width: number; readonly height: number },
  wanted: readonly Screen[],
): Promise<Buffer[]> {
  const context = await browser.newContext({
    viewport,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    deviceScaleFactor: 2,
  })
  const driver = drivePage(await context.newPage())
  await driver.page.goto(`${origin}/${address}`)
  // Outside of a test run: the page's own word.
  await driver.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await driver.page.getByTestId('play-demo').click()
  while ((await driver.frames()) < leastFrames) await driver.page.waitForTimeout(50)
  await driver.page.getByTestId('pause').click()
  const pictures: Buffer[] = []
  for (const screen of wanted) {
    await driver.go(screen)
    // Charts are drawn a moment after their screen is there.
    await driver.page.waitForTimeout(600)
    pictures.push(await driver.page.screenshot())
  }
  await context.close()
  return pictures
}

async function sideBySide(pictures: readonly Buffer[]): Promise<Buffer> {
  const width = Math.round(phone.width * scale)
  const height = Math.round(phone.height * scale)
  const scaled = await Promise.all(pictures.map((picture) => sharp(picture).resize(width, height).toBuffer()))
  return sharp({
    create: {
      width: pictures.length * (width + gap) + gap,
      height: height + 2 * gap,
      channels: 3,
      background: '#c9c7c0',
    },
  })
    .composite(scaled.map((input, index) => ({ input, left: gap + index * (width + gap), top: gap })))
    .png({ palette: true })
    .toBuffer()
}

endAtFlags(
  process,
  'npm run pictures',
  'Builds the app, plays its demo in Chromium, and writes the pictures of the README to docs/images.',
)
const app = await buildApp('product')
const edge = await startCountingEdge(['walkers', 'cifar10', 'cifar100', 'people', 'world'], app.folder)
const browser = await launchChromium()
try {
  const phones = await sideBySide(await takeScreens(browser, edge.origin, phone, screens))
  const [desktop] = await takeScreens(browser, edge.origin, { width: 1280, height: 800 }, ['insight'])
  await writeFile(join(picturesFolder, 'phones.png'), phones)
  await writeFile(
    join(picturesFolder, 'desktop.png'),
    await sharp(desktop).resize(1280).png({ palette: true }).toBuffer(),
  )
  await writeFile(
    stampFile,
    `${JSON.stringify({ command: 'npm run pictures', sha256: await digestOfShown() }, null, 1)}\n`,
  )
} finally {
  await browser.close()
  await edge.close()
  await app.remove()
}
