import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { useThreadsStage } from './harness/threads-stage.ts'

// Networks on two threads, chosen while a stream goes on. A machine with one core has no choice to offer.
// `npm run test:long` has what happens to them on the way (`threads.long.spec.ts`).

const stage = useThreadsStage()
const files = ['main-threaded-', 'kernel-thread-', 'tfjs-backend-wasm-threaded-simd-']
const asked = (): boolean[] => files.map((file) => stage.proxy.requests(file) > 0)

describe.skipIf(availableParallelism() < 2)('two threads', () => {
  it('are begun while the demo plays on, and are there again after a reload without a network', async () => {
    await stage.open('?seed=3&rate=15')
    await stage.driver.untilControlled()
    await stage.driver.playDemo()
    // Not a byte of them before they are wanted.
    expect(asked()).toEqual([false, false, false])
    await stage.driver.go('settings')
    await stage.driver.expectAccessible()
    expect(await stage.threads()).toBe('1')
    await stage.driver.page.getByTestId('threads').selectOption('2')
    await stage.untilThreads(2)
    expect(asked()).toEqual([true, true, true])
    await stage.driver.expectAccessible()
    await stage.driver.expectNoOverflow()
    await stage.driver.go('watch')
    await stage.driver.expectGoingOn(20)
    expect(await stage.driver.page.locator('[data-testid="notice"]').count()).toBe(0)
    expect(
      stage.driver.page.workers().filter((worker) => worker.url().includes('main-threaded')),
    ).toHaveLength(1)

    await stage.untilStored()
    await stage.proxy.goOffline()
    await stage.driver.page.reload()
    await stage.driver.playDemo()
    await stage.driver.expectGoingOn(20)
    expect(
      await stage.driver.page
        .getByTestId('notice')
        .and(stage.driver.page.locator('[data-about="threads"]'))
        .count(),
    ).toBe(0)
    await stage.driver.go('settings')
    expect(await stage.driver.page.getByTestId('threads').inputValue()).toBe('2')
    expect(await stage.threads()).toBe('2')
    // And back, still without a network.
    await stage.driver.page.getByTestId('threads').selectOption('1')
    await stage.untilThreads(1)
    await stage.driver.go('watch')
    await stage.driver.expectGoingOn()
  })

  it('can be asked for in the address, and then one thread is not begun first', async () => {
    await stage.open('?seed=3&rate=15&threads=2')
    await stage.driver.playDemo()
    expect(stage.proxy.requests('assets/tfjs-backend-wasm-simd')).toBeLessThanOrEqual(1)
    expect(stage.driver.page.workers().filter((worker) => /assets\/main-[^t]/.test(worker.url()))).toEqual([])
    await stage.driver.go('settings')
    expect(await stage.threads()).toBe('2')
  })

  it('are given up with a notice where something else comes in the place of what they need; the stream goes on', async () => {
    await stage.open('?seed=3&rate=15')
    await stage.driver.playDemo()
    stage.proxy.faults.set('tfjs-backend-wasm-threaded-simd-', 'login-page')
    await stage.driver.go('settings')
    await stage.driver.page.getByTestId('threads').selectOption('2')
    await stage.driver.untilNotice('threads')
    await stage.driver.expectAccessible()
    expect(await stage.driver.page.getByTestId('threads').inputValue()).toBe('1')
    expect(await stage.threads()).toBe('1')
    await stage.driver.go('watch')
    await stage.driver.expectGoingOn()
    stage.proxy.faults.clear()
  })
})

it('a page that is not isolated says why there is one thread only', async () => {
  await stage.open('', stage.proxy.origin.replace('127.0.0.1', 'edge.test'))
  await stage.driver.go('settings')
  expect(await stage.driver.page.getByTestId('threads-unavailable').textContent()).toContain('https://')
  await stage.driver.expectAccessible()
})
