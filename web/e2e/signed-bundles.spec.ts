import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { sampleKey } from '../../core/testing/sample-key.ts'
import { fingerprintOf } from '../../core/trust/fingerprint.ts'
import type { SigningKey } from '../../core/trust/sign-manifest.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { temporaryFolder, writeBundle, type Signing } from '../../edge/testing/bundle-folder.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'

// Whose bundles a phone takes: the built page and its service worker against an edge whose bundle is replaced
// on disk.

const pageFolder = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist')
const waiting = { timeout: 30_000, interval: 50 }
const [team, stranger] = [sampleKey(1), sampleKey(2)]
const print = ({ publicKey }: SigningKey): string => fingerprintOf(publicKey)

let folder: string
let removeFolder: () => Promise<void>
let first: SampleBundle
let second: SampleBundle
let third: SampleBundle
let edge: RunningEdge
let browser: Browser
let context: BrowserContext
let driver: PageDriver

beforeAll(async () => {
  first = await createSampleBundle({ seed: 1 })
  second = await createSampleBundle({ seed: 2 })
  third = await createSampleBundle({ seed: 3 })
  ;({ folder, remove: removeFolder } = await temporaryFolder())
  await writeBundle(folder, first)
  edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    threads: 1,
    bundlesFolder: folder,
    pageFolder,
    reloadMs: 50,
    stopTimeoutMs: 1000,
    access: { hosts: ['edge.test'] },
  })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await edge.close()
  await removeFolder()
})

const manifestFile = (): string => join(folder, 'sample', 'manifest.json')
const untilServed = (): Promise<void> =>
  vi.waitFor(
    async () =>
      expect(await (await fetch(`${edge.origin}${apiPaths.manifest('sample')}`)).text()).toBe(
        await readFile(manifestFile(), 'utf8'),
      ),
    waiting,
  )

async function publish(bundle: SampleBundle, signing?: Signing): Promise<void> {
  await writeBundle(folder, bundle, signing)
  await untilServed()
}

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  driver = drivePage(await context.newPage())
})
afterEach(async () => {
  expect(driver.complaints).toEqual([])
  await context.close()
})

const open = async (origin = edge.origin): Promise<void> => {
  await driver.page.goto(`${origin}/?bundle=sample`)
}
const notice = () => driver.page.locator('[data-testid="notice"][data-about="trust"]')
/** What Settings say of the bundle that is open. */
async function expectSigner(words: string): Promise<void> {
  await driver.go('settings')
  await vi.waitFor(
    async () =>
      expect(await driver.page.getByTestId('bundle-signer').textContent({ timeout: 1_000 })).toContain(words),
    waiting,
  )
  await driver.go('watch')
}
async function expectRefused(code: string, ...words: string[]): Promise<void> {
  await open()
  await vi.waitFor(
    async () => expect(await notice().getAttribute('data-code', { timeout: 1_000 })).toBe(code),
    waiting,
  )
  const text = await notice().textContent()
  for (const word of words) expect(text).toContain(word)
}
async function accept(label: string): Promise<void> {
  await notice().getByRole('button', { name: label }).click()
  await notice().waitFor({ state: 'detached' })
}

describe('a phone with a service worker', () => {
  beforeEach(async () => {
    await publish(first, { key: team, atMs: 2_000_000 })
    await open()
    await driver.untilControlled()
    await expectSigner(print(team))
  })

  it('holds to the first key, shows both when another comes, and takes that on purpose', async () => {
    await publish(second, { key: stranger, atMs: 3_000_000 })
    await expectRefused('bundle-key-changed', print(team), print(stranger))
    // The version that is stored works meanwhile.
    await expectSigner(print(team))
    await accept('Trust the new key')
    await expectSigner(print(stranger))

    // Altered under its signature: there is no way to take it.
    await writeFile(manifestFile(), (await readFile(manifestFile(), 'utf8')).replace('"bee"', '"wee"'))
    await untilServed()
    await expectRefused('bundle-signature-invalid')
    expect(await notice().getByRole('button').allTextContents()).toEqual([''])
  })

  it('refuses an older version, takes it on purpose, and the newest again without a question; and nothing unsigned', async () => {
    await publish(second, { key: team, atMs: 1_000_000 })
    await expectRefused('bundle-rolled-back', '1970-01-01 00:16:40', '1970-01-01 00:33:20')
    await accept('Use the older version')
    await expectSigner('1970-01-01 00:16:40')

    await publish(third, { key: team, atMs: 4_000_000 })
    await open()
    await expectSigner('1970-01-01 01:06:40')
    expect(await notice().count()).toBe(0)

    await publish(first)
    await expectRefused('bundle-unsigned', print(team))
    await accept('Use it unsigned')
    await expectSigner('unsigned')
  })
})

describe('a page over http, without service worker and WebCrypto', () => {
  it('asks for nothing where nobody signed, then holds to the first key by code of its own', async () => {
    await publish(first)
    const origin = edge.origin.replace('127.0.0.1', 'edge.test')
    await open(origin)
    expect(await driver.page.evaluate(() => [isSecureContext, 'subtle' in crypto])).toEqual([false, false])
    await expectSigner('unsigned')

    await publish(first, { key: team, atMs: 2_000_000 })
    await open(origin)
    await expectSigner(print(team))

    await publish(second, { key: stranger, atMs: 3_000_000 })
    await open(origin)
    const failure = driver.page.getByTestId('bundle-failure')
    await vi.waitFor(
      async () =>
        expect(await failure.getAttribute('data-code', { timeout: 1_000 })).toBe('bundle-key-changed'),
      waiting,
    )
    for (const key of [team, stranger]) expect(await failure.textContent()).toContain(print(key))
    await driver.page.getByTestId('accept-bundle').click()
    await expectSigner(print(stranger))
  })
})
