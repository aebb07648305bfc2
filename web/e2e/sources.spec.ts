import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { walkerName } from '../../core/walkers/names.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'
import { writeWalkerVideo } from './harness/walker-video.ts'

// Where frames come from, on the built page: a camera that somebody walks towards, a video, dropped and
// shared files.

const root = fileURLToPath(new URL('../..', import.meta.url))
const identity = 3

let edge: CountingEdge
let folder: string
let withCamera: Browser
let context: BrowserContext
let driver: PageDriver

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-camera-'))
  const file = join(folder, 'walker.y4m')
  await writeWalkerVideo(file, identity)
  edge = await startCountingEdge(['walkers'], join(root, 'dist'))
  withCamera = await launchChromium({ camera: { file } })
})

afterAll(async () => {
  await withCamera.close()
  await edge.close()
  await rm(folder, { recursive: true, force: true })
})

async function open(browser: Browser, query = ''): Promise<void> {
  context = await browser.newContext({ permissions: ['camera'], viewport: { width: 390, height: 844 } })
  driver = drivePage(await context.newPage())
  await driver.page.goto(`${edge.origin}/${query}`)
  await driver.page.getByTestId('play-demo').waitFor()
}

afterEach(async () => {
  expect(driver.complaints).toEqual([])
  await context.close()
})

/** The canvas that shows a stream's last picture: seen or not, its width, and how opaque its middle is. */
async function keptPicture(
  page: Page,
): Promise<{ isVisible: boolean; width: number; alpha: number | undefined }> {
  const canvas = page.locator('.picture canvas')
  const drawn = await canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element
    return { width, alpha: element.getContext('2d')?.getImageData(width >> 1, height >> 1, 1, 1).data[3] }
  })
  return { isVisible: await canvas.isVisible(), ...drawn }
}

describe('the camera', () => {
  beforeEach(() => open(withCamera))

  it('sees who walks towards it, can be paused and turned, and stops', async () => {
    const { page } = driver
    await page.getByTestId('camera').click()
    await driver.untilFrames(20)
    await vi.waitFor(
      async () => expect(await page.getByTestId('answer-label').textContent()).toBe(walkerName(identity)),
      { timeout: 30_000, interval: 50 },
    )
    await driver.expectAccessible()

    await page.getByTestId('pause').click()
    await driver.untilState('paused')
    // The one on its way is answered, and what the screen says of its count comes a tenth of a second late.
    await page.waitForTimeout(400)
    const paused = await driver.frames()
    await page.waitForTimeout(700)
    expect(await driver.frames()).toBeLessThanOrEqual(paused + 1)
    expect(await page.locator('video').evaluate((video: HTMLVideoElement) => video.paused)).toBe(true)
    await page.getByTestId('pause').click()
    await driver.untilFrames(paused + 5)

    const turned = await driver.frames()
    await page.getByTestId('turn-camera').click()
    // Another stream begins, and counts anew.
    await vi.waitFor(async () => expect(await driver.frames()).toBeLessThan(turned), {
      timeout: 30_000,
      interval: 20,
    })
    await driver.untilFrames(3)
    await page.getByTestId('stop').click()
    await driver.untilState('stopped')
    expect(await page.locator('video').evaluate((video: HTMLVideoElement) => video.srcObject)).toBeNull()
    // What was seen last stays in sight, with its answer.
    expect(await keptPicture(page)).toMatchObject({ isVisible: true, alpha: 255 })
  })

  it('goes on behind the other screens', async () => {
    await driver.page.getByTestId('camera').click()
    await driver.untilFrames(5)
    await driver.go('cache')
    const before = await driver.frames()
    await driver.untilFrames(before + 10)
    expect(await driver.page.locator('.now-playing').isVisible()).toBe(true)
  })
})

describe('a camera that nobody allows', () => {
  it('says so in words, and the demo plays all the same', async () => {
    const denying = await launchChromium({ camera: 'denied' })
    try {
      context = await denying.newContext({ viewport: { width: 390, height: 844 } })
      driver = drivePage(await context.newPage())
      await driver.page.goto(`${edge.origin}/?demo=1&hold=5&rate=max`)
      await driver.page.getByTestId('camera').click()
      await driver.untilNotice('stream')
      expect(await driver.page.getByTestId('notice').getAttribute('data-code')).toBe('source-unavailable')
      await driver.untilState('failed')
      await driver.expectAccessible()
      await driver.page.getByTestId('play-demo').click()
      await driver.untilState('ended')
      await context.close()
    } finally {
      await denying.close()
    }
  })
})

describe('files', () => {
  beforeEach(() => open(withCamera, '?rate=max'))

  it('play as a video, with the frames that there is time for, to its end', async () => {
    const { page } = driver
    const video = await page.evaluate(async () => {
      const canvas = document.createElement('canvas')
      canvas.width = canvas.height = 96
      const context = canvas.getContext('2d')
      const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' })
      const parts: Blob[] = []
      recorder.ondataavailable = ({ data }) => void parts.push(data)
      recorder.start()
      for (let step = 0; step < 30; step++) {
        if (context !== null) {
          context.fillStyle = `hsl(${step * 12} 80% 50%)`
          context.fillRect(0, 0, 96, 96)
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await new Promise((resolve) => {
        recorder.onstop = resolve
        recorder.stop()
      })
      return [...new Uint8Array(await new Blob(parts).arrayBuffer())]
    })
    await page
      .getByTestId('images-input')
      .setInputFiles({ name: 'walk.webm', mimeType: 'video/webm', buffer: Buffer.from(video) })
    await driver.untilFrames(3)
    await driver.untilState('ended')
    expect(await keptPicture(page)).toEqual({ isVisible: true, width: 96, alpha: 255 })
  })

  it('that are no video are said to be none', async () => {
    await driver.page
      .getByTestId('images-input')
      .setInputFiles({ name: 'broken.mp4', mimeType: 'video/mp4', buffer: Buffer.from('no video') })
    await driver.untilNotice('stream')
    expect(await driver.state()).toBe('failed')
  })

  it('can be dropped on the page', async () => {
    const { page } = driver
    const dropped = await page.evaluateHandle(async () => {
      const canvas = new OffscreenCanvas(40, 40)
      canvas.getContext('2d')?.fillRect(0, 0, 20, 20)
      const transfer = new DataTransfer()
      transfer.items.add(new File([await canvas.convertToBlob()], 'dropped.png', { type: 'image/png' }))
      return transfer
    })
    await page.locator('.watch').dispatchEvent('drop', { dataTransfer: dropped })
    await driver.untilFrames(1)
    await driver.untilState('ended')
  })

  it('that another app shares are played, and forgotten', async () => {
    const { page } = driver
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
    const address = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(40, 40)
      canvas.getContext('2d')?.fillRect(0, 0, 20, 20)
      const body = new FormData()
      for (const name of ['one.png', 'two.png'])
        body.append('files', new File([await canvas.convertToBlob()], name, { type: 'image/png' }))
      return (await fetch('/share', { method: 'POST', body })).url
    })
    await page.goto(address)
    await driver.untilState('ended')
    expect(await driver.frames()).toBe(2)
    expect(await page.evaluate(() => caches.has('cachenet-shared'))).toBe(false)
    expect(new URL(page.url()).search).toBe('')
    expect(edge.takeRequests().filter((request) => request.includes('/share'))).toEqual([])
  })
})
