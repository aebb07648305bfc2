import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../../../core/bundle/model-input.ts'
import { createWalker } from '../../../core/walkers/body.ts'
import { walkerName, walkerNames } from '../../../core/walkers/names.ts'
import { renderWalker } from '../../../core/walkers/render.ts'
import { createSession } from '../../../core/walkers/session.ts'
import { createDemoSource } from './demo.ts'
import { demoTakes, siteTakes, takeFrames } from './demo-stream.ts'
import { createPictureSize } from './picture-size.ts'
import type { SourceFrame } from './source.ts'

const input: ModelInput = { width: 32, height: 32, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] }
const classNames = walkerNames(24)

async function play(
  source: { frames(signal: AbortSignal): AsyncIterable<SourceFrame> },
  most: number,
): Promise<SourceFrame[]> {
  const frames: SourceFrame[] = []
  const controller = new AbortController()
  for await (const frame of source.frames(controller.signal)) {
    frames.push(frame)
    if (frames.length >= most) break
  }
  return frames
}

const first = <Item>(items: Iterable<Item>, count: number): Item[] => {
  const taken: Item[] = []
  for (const item of items) if (taken.push(item) >= count) break
  return taken
}

describe('createDemoSource', () => {
  it('plays a script to its end: exactly these walkers, so many frames each', async () => {
    const source = createDemoSource({
      input,
      classNames,
      rate: () => 'max',
      seed: 1,
      script: { walkers: [3, 17, 3], hold: 4 },
    })
    expect(source.isLossless).toBe(true)
    const frames = await play(source, 100)
    expect(frames.map(({ trueLabel }) => trueLabel)).toEqual(
      [3, 17, 3].flatMap((identity) => Array.from({ length: 4 }, () => walkerName(identity))),
    )
  })

  it('gives the model the very pixels that training draws, and the person a larger picture', async () => {
    const [, frame] = await play(
      createDemoSource({ input, classNames, rate: () => 'max', seed: 1, script: { walkers: [5], hold: 2 } }),
      2,
    )
    const session = createSession({ identity: 5, split: 'test', session: 0 })
    const expected = renderWalker({ walker: createWalker(5), session, time: 0.1, size: 32 })
    expect(frame?.image).toEqual({ width: 32, height: 32, rgba: expected })
    expect(frame?.picture?.().width).toBeGreaterThan(100)
  })

  it('draws the same frames from the same seed, and others from another', async () => {
    const names = async (seed: number) =>
      (await play(createDemoSource({ input, classNames, rate: () => 'max', seed }), 60)).map(
        ({ name }) => name,
      )
    expect(await names(7)).toEqual(await names(7))
    expect(await names(7)).not.toEqual(await names(8))
  })

  it('lets the page have its turn while it passes over what a long pause has missed', async () => {
    let [nowMs, turns] = [0, 0]
    const giveWay = (): Promise<void> => Promise.resolve(void (turns += 1))
    const source = createDemoSource({
      input,
      classNames,
      rate: () => 10,
      seed: 1,
      giveWay,
      nowMs: () => nowMs,
    })
    const frames = source.frames(new AbortController().signal)[Symbol.asyncIterator]()
    await frames.next()
    // A quarter of an hour in a pocket: 9000 frames.
    nowMs += 900_000
    expect((await frames.next()).done).toBe(false)
    await frames.return?.()
    expect(turns).toBeGreaterThanOrEqual(8990)
  })

  it('claims no true labels where the bundle knows other things', async () => {
    const [frame] = await play(
      createDemoSource({ input, classNames: ['ant', 'bee'], rate: () => 'max', seed: 1 }),
      1,
    )
    expect(frame?.trueLabel).toBeNull()
  })
})

describe('siteTakes', () => {
  const sites = Array.from({ length: 6 }, (_, site) => ({
    identities: [site * 10, site * 10 + 1, site * 10 + 2],
  }))

  it('shows people where they are at home, one site for a while, and comes back to it', () => {
    const takes = first(siteTakes(sites, 1, 10), 240)
    for (const { identity, site } of takes) expect(Math.floor(identity / 10)).toBe(site)
    const visits = takes.flatMap(({ site }, index) => (takes[index - 1]?.site === site ? [] : [site]))
    expect(visits.length).toBe(40)
    expect(new Set(visits.slice(0, 8)).size).toBe(4)
    expect(new Set(visits).size).toBe(6)
  })
})

describe('demoTakes', () => {
  it('keeps one or two people on for several seconds, and shows many in the long run', () => {
    const takes = first(demoTakes([...classNames.keys()], 1, 10), 400)
    expect(new Set(takes.map(({ identity }) => identity)).size).toBeGreaterThan(20)
    for (const { frames } of takes) {
      expect(frames).toBeGreaterThanOrEqual(20)
      expect(frames).toBeLessThanOrEqual(40)
    }
    // Somebody who left is back within the next three takes more often than chance (3 of 24) would have it.
    const returns = takes.filter(({ identity }, index) =>
      takes.slice(index + 1, index + 4).some((take) => take.identity === identity),
    )
    expect(returns.length / takes.length).toBeGreaterThan(0.5)
  })
})

describe('takeFrames', () => {
  it('lets somebody walk on where two takes of the same recording follow each other', () => {
    const take = { identity: 1, session: 0, frames: 2 }
    const steps = [...takeFrames([take, take, { ...take, session: 1 }, take])].map(({ step }) => step)
    expect(steps).toEqual([0, 1, 2, 3, 0, 1, 0, 1])
  })
})

describe('createPictureSize', () => {
  /** Sizes that a device settles on whose drawing takes so many nanoseconds a pixel. */
  function settle(nanosecondsPerPixel: number): number {
    let now = 0
    const size = createPictureSize(() => now)
    let last = 0
    for (let frame = 0; frame < 200; frame++) {
      size.draw((pixels) => {
        now += (pixels ** 2 * nanosecondsPerPixel) / 1e6
        last = pixels
      })
    }
    return last
  }

  it('grows on a fast device and shrinks on a slow one', () => {
    expect(settle(20)).toBe(320)
    expect(settle(1000)).toBe(160)
    expect(settle(250)).toBeGreaterThan(160)
    expect(settle(250)).toBeLessThan(256)
  })
})
