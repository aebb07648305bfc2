import { describe, expect, it } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { useTemperedStage } from './harness/tempered-stage.ts'

// Stop works within 100 ms, whatever plays and wherever the networks run. Asserts a time, and so wants a
// machine of its own. Needs a built page.

const limitMs = 100
const rounds = 10

const stage = useTemperedStage()

/** From the tap on Stop to the page saying so and having drawn it, in milliseconds. */
const timeToStop = (): Promise<number> =>
  stage.driver.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const state = document.querySelector('[data-testid="stream-state"]')
        const stop = document.querySelector<HTMLElement>('[data-testid="stop"]')
        if (state === null || stop === null) throw new Error('Nothing plays.')
        // A tap waits for its turn as any other task does.
        const tappedAt = performance.now()
        setTimeout(() => stop.click(), 0)
        new MutationObserver((_, observer) => {
          if (state.getAttribute('data-state') !== 'stopped') return
          observer.disconnect()
          requestAnimationFrame(() => resolve(performance.now() - tappedAt))
        }).observe(state, { attributes: true })
      }),
  )

describe.each([
  ['in the page', ''],
  ['on two threads of their own', '&threads=2'],
])('with the networks %s', (_, place) => {
  it.each([
    ['of hits only', 'sure', undefined],
    ['whose misses a slow edge answers', 'unsure', 'slow'],
    ['whose miss an edge keeps', 'unsure', 'held'],
  ] as const)('stops a stream %s within 100 ms, as many frames as go', async (_stream, bundle, fault) => {
    await stage.open(`?seed=3&rate=max&bundle=${bundle}${place}`)
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      if (fault !== undefined) stage.proxy.faults.set(apiPaths.frames(bundle), fault)
      const asked = stage.proxy.requests(apiPaths.frames(bundle))
      await stage.driver.page.getByTestId('play-demo').click()
      await stage.driver.untilState('playing')
      if (fault === undefined) await stage.driver.untilFrames(100)
      else await expect.poll(() => stage.proxy.requests(apiPaths.frames(bundle))).toBeGreaterThan(asked)
      times.push(await timeToStop())
      stage.proxy.faults.clear()
    }
    expect(Math.max(...times), times.map((time) => time.toFixed(1)).join(' ')).toBeLessThanOrEqual(limitMs)
  })
})
