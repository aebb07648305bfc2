import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'

// The smallest page on `core`, as somebody runs it who is about to copy it.

const root = fileURLToPath(new URL('../..', import.meta.url))
const size = 64
const photograph = {
  async of(identity: number): Promise<Buffer> {
    const session = createSession({ identity, split: 'test', session: 0 })
    const rgba = renderWalker({ walker: createWalker(identity), session, time: 0, size })
    return sharp(rgba, { raw: { width: size, height: size, channels: 4 } })
      .png()
      .toBuffer()
  },
  ofNothing: (): Promise<Buffer> =>
    sharp({ create: { width: size, height: size, channels: 3, background: '#208030' } })
      .png()
      .toBuffer(),
}

let edge: CountingEdge
let server: ViteDevServer
let browser: Browser

beforeAll(async () => {
  edge = await startCountingEdge(['walkers', 'people'], `${root}dist`)
  server = await createServer({
    configFile: `${root}vite.config.ts`,
    logLevel: 'error',
    server: { port: 0, hmr: false, proxy: { '/api': edge.origin } },
  })
  await server.listen()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await server.close()
  await edge.close()
})

it('answers a photograph here where it is certain, at the edge where it is not, or by none of these', async () => {
  const page = await browser.newPage()
  const open = async (bundle: string): Promise<void> => {
    await page.goto(`${server.resolvedUrls?.local[0] ?? ''}example/?bundle=${bundle}`)
    // The networks are there once the script has run: what is chosen before is not heard.
    await page.waitForLoadState('networkidle')
  }
  const choose = async (name: string, buffer: Buffer): Promise<string> => {
    edge.takeRequests()
    await page.locator('#photo').setInputFiles({ name, mimeType: 'image/png', buffer })
    await page.locator('#answer', { hasText: 'says' }).waitFor()
    const answer = (await page.locator('#answer').textContent()) ?? ''
    await page.locator('#answer').evaluate((output) => output.replaceChildren())
    return answer
  }
  await open('walkers')
  let here = ''
  for (let identity = 0; identity < 10 && !here.endsWith('this device'); identity++)
    here = await choose(`${identity}.png`, await photograph.of(identity))
  expect(here).toMatch(/^\w+, says this device$/)
  expect(edge.takeRequests()).toEqual([])
  expect(await choose('nothing.png', await photograph.ofNothing())).toMatch(/^\w+, says the edge$/)
  expect(edge.takeRequests()).toEqual(['POST /api/v1/bundles/walkers/frames'])
  // A bundle that says what is strange to it.
  await open('people')
  expect(await choose('nothing.png', await photograph.ofNothing())).toBe('none of these, says the edge')
  await page.close()
})
