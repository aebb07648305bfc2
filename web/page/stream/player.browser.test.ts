import { expect, it } from 'vitest'
import { createGiveWay } from '../platform/give-way.ts'
import { createPlayer } from './player.ts'
import type { FrameSource, SourceFrame } from '../sources/source.ts'

const image = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) }
const frame: SourceFrame = { image, picture: undefined, name: 'one', trueLabel: null }

/** A clock that goes by frames, so that nothing here hangs on how fast this machine is. */
const frameMs = 4
/** A page that is never let in again would end no test either. */
const mostFrames = 20_000

it('lets messages, timers and pictures in, however fast frames and answers come', async () => {
  let [now, frames, most] = [0, 0, 0]
  const player = createPlayer({
    onStart: () => undefined,
    onEnd: () => undefined,
    onFailure: () => undefined,
    giveWay: createGiveWay({ nowMs: () => now }),
    // As a hit of a network in the page, at `as many as go`: nothing to wait for.
    answer: () => {
      now += frameMs
      frames++
      return Promise.resolve()
    },
  })
  const source: FrameSource = {
    kind: 'demo',
    isLossless: false,
    async *frames(signal) {
      while (!signal.aborted && frames < mostFrames) yield await Promise.resolve(frame)
    },
  }
  const playing = player.play(source)

  const turns = { message: 0, timer: 0, picture: 0 }
  let seenFrames = 0
  const { port1, port2 } = new MessageChannel()
  const stopAfterAll = (): void => {
    if (Object.values(turns).every((count) => count >= 3)) void player.stop()
  }
  port1.onmessage = () => {
    if (turns.message++ > 0) most = Math.max(most, frames - seenFrames)
    seenFrames = frames
    port2.postMessage(null)
    stopAfterAll()
  }
  port2.postMessage(null)
  const timer = setInterval(() => {
    turns.timer++
  }, 1)
  const draw = (): void => {
    turns.picture++
    requestAnimationFrame(draw)
  }
  requestAnimationFrame(draw)
  await playing
  clearInterval(timer)
  port1.close()

  expect(player.state.value).toBe('stopped')
  // At most 16 ms of that clock.
  expect(most * frameMs).toBeLessThanOrEqual(16)
})
