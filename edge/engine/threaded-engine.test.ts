import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { engineBundleOf, randomFrames } from '../testing/engine-samples.ts'
import { describeEngine } from './engine.cases.ts'
import type { Engine } from './engine.ts'
import { createThreadedEngine } from './threaded-engine.ts'

const log = pino({ level: 'silent' })

describeEngine('tfjs-wasm in a thread', () => createThreadedEngine({ log }))

// Limits are wide: on a busy machine a thread starts slowly.
describe('createThreadedEngine', { timeout: 180_000 }, () => {
  const frail = new URL('../testing/frail-thread.ts', import.meta.url)
  const start = async (timeoutMs: number): Promise<Engine> => {
    const engine = await createThreadedEngine({ log, module: frail, timeoutMs })
    onTestFinished(() => engine.close())
    return engine
  }
  const until = async (isSo: () => boolean): Promise<void> => {
    await expect.poll(isSo, { timeout: 60_000, interval: 20 }).toBe(true)
  }

  it('leaves the event loop free while it computes', async () => {
    const engine = await createThreadedEngine({ log })
    onTestFinished(() => engine.close())
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    let turns = 0
    let isRunning = true
    const answer = engine.run({ bundleId: 'sample', frames: randomFrames(sample.manifest, 256), count: 256 }).finally(() => (isRunning = false))
    const spin = (): void => {
      turns++
      if (isRunning) setImmediate(spin)
    }
    spin()
    await answer
    expect(turns).toBeGreaterThan(10)
  })

  it('replaces a thread that crashes, with its bundles, and loses only the batch that it had', async () => {
    const engine = await start(60_000)
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    const batch = (count: number): Parameters<Engine['run']>[0] => ({ bundleId: 'sample', frames: randomFrames(sample.manifest, count), count })
    await expect(engine.run(batch(13))).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(engine.isReady).toBe(false)
    await expect(engine.run(batch(1))).rejects.toMatchObject({ code: 'worker-crashed' })
    await until(() => engine.isReady)
    expect((await engine.run(batch(2))).logits).toHaveLength(2 * sample.manifest.classNames.length)
  })

  it('ends and replaces a thread that hangs', async () => {
    const engine = await start(6_000)
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    const frames = randomFrames(sample.manifest, 14)
    await expect(engine.run({ bundleId: 'sample', frames, count: 14 })).rejects.toMatchObject({ code: 'edge-timeout' })
    await until(() => engine.isReady)
    const output = await engine.run({ bundleId: 'sample', frames: randomFrames(sample.manifest, 1), count: 1 })
    expect(output.codeLogits).toHaveLength(sample.manifest.partitions.length)
  })

  it('says so at once where the thread cannot start', async () => {
    const module = new URL('../testing/no-such-thread.ts', import.meta.url)
    await expect(createThreadedEngine({ log, module })).rejects.toMatchObject({ code: 'worker-crashed' })
  })
})
