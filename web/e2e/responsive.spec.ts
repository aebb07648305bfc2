import { describe, expect, it } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { useTemperedStage } from './harness/tempered-stage.ts'

// Whatever plays, and however fast: the page takes clicks and paints.

/**
 * A tap is to be answered within so many turns of a timer of the page, of 4 ms where nobody else is at work:
 * 100 ms. Turns are counted and not milliseconds, since a busy machine gives the whole page fewer of them;
 * `stop-time.long.spec.ts` has the milliseconds.
 */
const stopLimitTurns = 25

const stage = useTemperedStage()

/** From the tap on Stop to the page saying so, in turns of a timer of the page. */
const turnsToStop = (): Promise<number> =>
  stage.driver.page.evaluate(async () => {
    const state = document.querySelector('[data-testid="stream-state"]')
    const stop = document.querySelector<HTMLElement>('[data-testid="stop"]')
    if (stop === null) throw new Error('Nothing plays.')
    stop.click()
    let turns = 0
    for (; state?.getAttribute('data-state') !== 'stopped'; turns++)
      await new Promise((resolve) => setTimeout(resolve, 4))
    return turns
  })

describe('a stream of as many frames as go', () => {
  it('whose frames are all hits leaves the page alive when it is turned up in the settings', async () => {
    await stage.open('?seed=3&bundle=sure')
    await stage.driver.playDemo()
    await stage.driver.go('settings')
    await stage.driver.page.getByTestId('rate').selectOption('max')
    await stage.driver.go('watch')
    await stage.driver.expectGoingOn(300)
    expect(await stage.driver.outcome()).toBe('hit')
    // Everything else has its turn: pictures, timers, the other screens.
    await stage.driver.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
    await stage.driver.go('insight')
    await stage.driver.go('watch')
    expect(await turnsToStop()).toBeLessThanOrEqual(stopLimitTurns)
  })

  it.each(['', '&demo=1,2,3,4&hold=2000'])(
    'stops at once while the edge keeps a frame (%s)',
    async (script) => {
      await stage.open(`?seed=3&bundle=unsure&threshold=0&rate=max${script}`)
      stage.proxy.faults.set(apiPaths.frames('unsure'), 'held')
      // Of the streams before.
      const asked = stage.proxy.requests(apiPaths.frames('unsure'))
      await stage.driver.page.getByTestId('play-demo').click()
      await expect.poll(() => stage.proxy.requests(apiPaths.frames('unsure'))).toBeGreaterThan(asked)
      expect(await turnsToStop()).toBeLessThanOrEqual(stopLimitTurns)
    },
  )
})
