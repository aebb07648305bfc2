import { describe, expect, it, vi } from 'vitest'
import { useHealsStage, waiting } from './harness/heals-stage.ts'

// The built app comes back by itself from what earlier versions, disks and replaced bundles leave it with;
// `npm run test:long` has more of each kind.

const stage = useHealsStage()

describe('an app that an earlier version installed', () => {
  it('heals where it keeps a maintenance page in place of the page', () => stage.expectHealed('the page'))
})

describe('an installed app', () => {
  it('leaves to the edge what is not its own', async () => {
    const { page, proxy } = stage
    await page.goto(stage.address())
    await stage.untilControlled()
    for (const [path, text] of [
      ['/healthz', 'alive'],
      ['/metrics', 'cachenet_'],
      ['/nowhere', 'route-unknown'],
    ] as const) {
      await page.goto(`${proxy.origin}${path}`)
      expect(await page.content()).toContain(text)
    }
    await page.goto(`${proxy.origin}/index.html`)
    await page.getByTestId('images-input').waitFor({ state: 'attached' })
  })

  it('stores all of itself again where its store was cleared, what is asked for later too', async () => {
    const { page, proxy } = stage
    await page.goto(stage.address())
    await stage.untilControlled()
    const kept = (): Promise<number> =>
      page.evaluate(async () => (await (await caches.open('cachenet-app-v1')).keys()).length)
    const all = await kept()
    await page.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name)
    })
    expect(await kept()).toBe(0)
    await page.reload()
    await expect.poll(kept, waiting).toBe(all)
    await proxy.goOffline()
    await page.reload()
    await page.getByTestId('tab-settings').click()
    await page.getByTestId('rate').waitFor()
    await proxy.goOnline()
  })

  it('starts as it was built where its files lie altered in the store', () =>
    stage.expectStartedWhole('altered'))
})

describe('a bundle that is replaced under its id while it is open', () => {
  it('is loaded anew, and said; no answer of the new one gets a name of the old', async () => {
    const { page, proxy } = stage
    await page.goto(stage.address())
    await stage.untilControlled()
    await stage.untilAnswered()
    proxy.upstream = stage.otherEdge.origin
    await stage.play()
    await vi.waitFor(
      async () =>
        expect(
          await page
            .locator('[data-testid="notice"][data-about="bundle"]')
            .getAttribute('data-code', { timeout: 1_000 }),
        ).toBe('bundle-changed'),
      waiting,
    )
    await stage.untilAnswered()
  })
})
