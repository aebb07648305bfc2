import { beforeAll, describe, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { frameBytes } from '../../core/image/preprocess.ts'
import type { Engine } from '../engine/engine.ts'
import { createWasmEngine } from '../engine/wasm.ts'
import { engineBundleOf, randomFrames } from '../testing/engine-samples.ts'
import { createBatcher } from './batcher.ts'

describe('createBatcher', () => {
  let engine: Engine
  let sample: SampleBundle
  let other: SampleBundle
  /** Of its own for each frame, as each sender has one. */
  const never = (): AbortSignal => new AbortController().signal

  beforeAll(async () => {
    engine = await createWasmEngine()
    sample = await createSampleBundle()
    other = await createSampleBundle({ seed: 2, id: 'other' })
    await engine.load(engineBundleOf(sample))
    await engine.load(engineBundleOf(other))
  }, 60_000)

  /** The real engine, which tells what it ran and, once held, waits for its release. */
  const watched = (): { engine: Engine; ran: [string, number][]; hold: () => () => void } => {
    const ran: [string, number][] = []
    let released = Promise.resolve()
    return {
      ran,
      hold: () => {
        let release = (): void => undefined
        released = new Promise((resolve) => (release = resolve))
        return release
      },
      engine: {
        ...engine,
        async run(batch) {
          ran.push([batch.bundleId, batch.count])
          await released
          return engine.run(batch)
        },
      },
    }
  }
  const frame = (seed: number): Float32Array<ArrayBuffer> => randomFrames(sample.manifest, 1, seed)

  it('runs frames that arrived together as batches of at most 32', async () => {
    const { engine: watchedEngine, ran } = watched()
    const batcher = createBatcher(watchedEngine)
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, seed) => batcher.answer(never(), 'sample', frame(seed))),
    )
    expect(ran).toEqual([
      ['sample', 32],
      ['sample', 8],
    ])
    expect(answers).toHaveLength(40)
  })

  it('gives every frame the answer that it gets alone', async () => {
    const batcher = createBatcher(engine)
    const together = await Promise.all(
      [1, 2, 3].map((seed) => batcher.answer(never(), 'sample', frame(seed))),
    )
    for (const [index, seed] of [1, 2, 3].entries()) {
      const alone = await engine.run({ bundleId: 'sample', frames: frame(seed), count: 1 })
      for (const [position, value] of alone.logits.entries())
        expect(together[index]?.logits[position]).toBeCloseTo(value, 4)
      for (const [position, value] of alone.codeLogits.entries())
        expect(together[index]?.codeLogits[position]).toBeCloseTo(value, 4)
    }
  })

  it('never mixes bundles in a batch, and forgets nobody', async () => {
    const { engine: watchedEngine, ran } = watched()
    const batcher = createBatcher(watchedEngine)
    await Promise.all(
      ['sample', 'other', 'sample', 'other', 'sample'].map((id, seed) =>
        batcher.answer(never(), id, frame(seed)),
      ),
    )
    expect(ran).toEqual([
      ['sample', 3],
      ['other', 2],
    ])
  })

  it('collects what arrives while a batch is running', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const batcher = createBatcher(watchedEngine)
    const release = hold()
    const first = batcher.answer(never(), 'sample', frame(1))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(1)
    const rest = [2, 3, 4].map((seed) => batcher.answer(never(), 'sample', frame(seed)))
    release()
    const answers = await Promise.all([first, ...rest])
    expect(ran).toEqual([
      ['sample', 1],
      ['sample', 3],
    ])
    expect(answers[1]?.queueMs).toBeGreaterThan(0)
  })

  it('refuses what does not fit the queue, and answers the rest', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const batcher = createBatcher(watchedEngine, { maxQueued: 2 })
    const release = hold()
    const running = batcher.answer(never(), 'sample', frame(0))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(1)
    const waiting = [1, 2].map((seed) => batcher.answer(never(), 'sample', frame(seed)))
    await expect(batcher.answer(never(), 'sample', frame(3))).rejects.toMatchObject({
      code: 'edge-overloaded',
    })
    release()
    expect(await Promise.all([running, ...waiting])).toHaveLength(3)
    await expect(batcher.answer(never(), 'sample', frame(4))).resolves.toHaveProperty('inferenceMs')
  })

  it('drops a frame whose sender went away, without running it', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const batcher = createBatcher(watchedEngine)
    const release = hold()
    const running = batcher.answer(never(), 'sample', frame(0))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(1)
    const sender = new AbortController()
    const gone = batcher.answer(sender.signal, 'sample', frame(1))
    sender.abort()
    await expect(gone).rejects.toMatchObject({ code: 'aborted' })
    await expect(batcher.answer(sender.signal, 'sample', frame(2))).rejects.toMatchObject({ code: 'aborted' })
    release()
    await running
    await batcher.answer(never(), 'sample', frame(3))
    expect(ran).toEqual([
      ['sample', 1],
      ['sample', 1],
    ])
  })

  it('ends a wait that takes too long', async () => {
    const { engine: watchedEngine, hold } = watched()
    const batcher = createBatcher(watchedEngine, { timeoutMs: 30 })
    const release = hold()
    await expect(batcher.answer(never(), 'sample', frame(0))).rejects.toMatchObject({ code: 'edge-timeout' })
    release()
  })

  it('passes on what the engine throws, and goes on', async () => {
    const batcher = createBatcher(engine)
    await expect(batcher.answer(never(), 'nobody', frame(0))).rejects.toMatchObject({
      code: 'bundle-unknown',
    })
    const short = new Float32Array(frameBytes(sample.manifest.input) - 1)
    await expect(batcher.answer(never(), 'sample', short)).rejects.toMatchObject({ code: 'frame-size-wrong' })
    await expect(batcher.answer(never(), 'sample', frame(1))).resolves.toHaveProperty('logits')
  })

  it('runs one batch for each slot of the engine, side by side', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const batcher = createBatcher({ ...watchedEngine, slots: 2 }, { maxBatch: 2 })
    const release = hold()
    const answers = Array.from({ length: 5 }, (_, seed) => batcher.answer(never(), 'sample', frame(seed)))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(2)
    expect(batcher.queued).toEqual({ miss: 1, audit: 0 })
    release()
    expect(await Promise.all(answers)).toHaveLength(5)
    expect(ran.map(([, count]) => count)).toEqual([2, 2, 1])
  })

  it('gives a single frame all threads, and deals several out, where the engine can', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const alone: (boolean | undefined)[] = []
    const sharing: Engine = {
      ...watchedEngine,
      slots: 2,
      canShare: true,
      run: (batch) => (alone.push(batch.isAlone), watchedEngine.run(batch)),
    }
    const batcher = createBatcher(sharing)
    const release = hold()
    const single = batcher.answer(never(), 'sample', frame(0))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(1)
    const many = Array.from({ length: 9 }, (_, seed) => batcher.answer(never(), 'sample', frame(seed)))
    // All threads are taken: nothing runs beside it.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(batcher.queued).toEqual({ miss: 9, audit: 0 })
    release()
    expect(await Promise.all([single, ...many])).toHaveLength(10)
    expect(ran.map(([, count]) => count)).toEqual([1, 5, 4])
    expect(alone).toEqual([true, false, false])
  })

  it('waits for company within its window, and no longer', async () => {
    const { engine: watchedEngine, ran } = watched()
    const batcher = createBatcher(watchedEngine, { windowMs: 2_000 })
    const first = batcher.answer(never(), 'sample', frame(0))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await Promise.all([first, batcher.answer(never(), 'sample', frame(1))])
    expect(ran).toEqual([['sample', 2]])
  })

  it('runs audits after all misses, in batches of their own', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const batcher = createBatcher(watchedEngine)
    const release = hold()
    const order: string[] = []
    const running = batcher.answer(never(), 'sample', frame(0))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(1)
    const audits = [1, 2].map((seed) =>
      batcher.answer(never(), 'sample', frame(seed), 'audit').then(() => order.push('audit')),
    )
    const miss = batcher.answer(never(), 'sample', frame(3)).then(() => order.push('miss'))
    expect(batcher.queued).toEqual({ miss: 1, audit: 2 })
    release()
    await Promise.all([running, ...audits, miss])
    expect(ran.map(([, count]) => count)).toEqual([1, 1, 2])
    expect(order).toEqual(['miss', 'audit', 'audit'])
  })

  it('sheds audits first: refuses them under load, and gives their places to misses', async () => {
    const { engine: watchedEngine, ran, hold } = watched()
    const batcher = createBatcher(watchedEngine, { maxQueued: 4, maxAudits: 2 })
    const release = hold()
    const running = batcher.answer(never(), 'sample', frame(0))
    await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(1)
    const overloaded = { code: 'edge-overloaded' }
    const audits = [1, 2].map((seed) => batcher.answer(never(), 'sample', frame(seed), 'audit'))
    await expect(batcher.answer(never(), 'sample', frame(3), 'audit')).rejects.toMatchObject(overloaded)
    const misses = [4, 5, 6, 7].map((seed) => batcher.answer(never(), 'sample', frame(seed)))
    for (const audit of audits) await expect(audit).rejects.toMatchObject(overloaded)
    await expect(batcher.answer(never(), 'sample', frame(8), 'audit')).rejects.toMatchObject(overloaded)
    await expect(batcher.answer(never(), 'sample', frame(9))).rejects.toMatchObject(overloaded)
    release()
    expect(await Promise.all([running, ...misses])).toHaveLength(5)
  })
})
