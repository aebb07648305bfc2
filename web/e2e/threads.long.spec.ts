import { appendFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useThreadsStage } from './harness/threads-stage.ts'

// What happens to threads on the way: a new version of the app, and a part that never comes.

const stage = useThreadsStage()

describe.skipIf(availableParallelism() < 2)('two threads', () => {
  it('come with a new version of the app where they were used, and only that version’s', async () => {
    await stage.open('?seed=3&rate=15&threads=2')
    await stage.driver.untilControlled()
    await stage.driver.page.reload()
    await stage.untilStored()
    const before = await stage.stored()
    // As if the next version had another file in the place of one.
    await stage.driver.page.evaluate(async (url) => {
      const cache = await caches.open('cachenet-threads')
      await cache.delete(url)
      await cache.put(`${url}?another-version`, new Response(''))
    }, before[0] ?? '')
    await appendFile(join(stage.pageFolder, 'sw.js'), '\n// another version\n')
    await stage.driver.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update()
    })
    await stage.driver.untilNotice('update')
    await Promise.all([
      stage.driver.page.waitForEvent('load'),
      stage.driver.page.getByRole('button', { name: 'Use it now' }).click(),
    ])
    await stage.untilStored()
    expect((await stage.stored()).sort()).toEqual(before.sort())
  })

  it('at the start too, where what they need hangs: the page opens on one', async () => {
    stage.proxy.faults.set('kernel-thread-', 'held')
    await stage.open('?seed=3&rate=15&threads=2')
    await stage.driver.playDemo()
    await stage.driver.untilNotice('threads')
    await stage.driver.expectGoingOn()
    stage.proxy.faults.clear()
  })
})
