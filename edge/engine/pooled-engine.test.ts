import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { engineBundleOf, randomFrames } from '../testing/engine-samples.ts'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { endlessBundle, frailHandler } from '../testing/frail-handler.ts'
import { installedEngines } from './create-engine.ts'
import { describeEngine } from './engine.cases.ts'
import type { Engine } from './engine.ts'
import { createPooledEngine } from './pooled-engine.ts'

const log = pino({ level: 'silent' })
const wasm = { kind: 'tfjs-wasm', threads: 1 } as const

for (const kind of installedEngines()) {
  describeEngine(`${kind} on a pool of processes`, () =>
    createPooledEngine({ log, choice: { kind, threads: 1 }, slots: 2 }),
  )
}

// Limits are wide: on a busy machine a thread starts slowly.
describe('createPooledEngine', { timeout: 180_000 }, () => {
  /** A module for processes that fail, and whether one of them hangs. */
  const frailProcesses = async (): Promise<{ module: URL; isHanging: () => boolean }> => {
    const { folder, remove } = await temporaryFolder()
    onTestFinished(remove)
    const file = join(folder, 'hanging')
    return { module: frailHandler(file), isHanging: () => existsSync(file) }
  }
  /** A clock that goes on by itself, and that the test may put forward. */
  const takeClock = (): void => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
    onTestFinished(() => void vi.useRealTimers())
  }
  const start = async (options: Partial<Parameters<typeof createPooledEngine>[0]>): Promise<Engine> => {
    const engine = await createPooledEngine({ log, choice: wasm, ...options })
    onTestFinished(() => engine.close())
    return engine
  }
  const until = async (isSo: () => boolean): Promise<void> => {
    await expect.poll(isSo, { timeout: 60_000, interval: 20 }).toBe(true)
  }

  it.each(installedEngines())('leaves the event loop free while %s computes', async (kind) => {
    const engine = await start({ choice: { kind, threads: 1 } })
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    let turns = 0
    let isRunning = true
    const answer = engine
      .run({ bundleId: 'sample', frames: randomFrames(sample.manifest, 1024), count: 1024 })
      .finally(() => (isRunning = false))
    const spin = (): void => {
      turns++
      if (isRunning) setImmediate(spin)
    }
    spin()
    await answer
    expect(turns).toBeGreaterThan(10)
  })

  it.each([13, 15])(
    'replaces a process that ends at a batch of %d, with its bundles, and loses only the batch that it had',
    async (fatal) => {
      const engine = await start(await frailProcesses())
      const sample = await createSampleBundle()
      await engine.load(engineBundleOf(sample))
      const batch = (count: number): Parameters<Engine['run']>[0] => ({
        bundleId: 'sample',
        frames: randomFrames(sample.manifest, count),
        count,
      })
      await expect(engine.run(batch(fatal))).rejects.toMatchObject({ code: 'worker-crashed' })
      expect(engine.isReady).toBe(false)
      await expect(engine.run(batch(1))).rejects.toMatchObject({ code: 'worker-crashed' })
      await until(() => engine.isReady)
      expect((await engine.run(batch(2))).logits).toHaveLength(2 * sample.manifest.classNames.length)
    },
  )

  it('goes on with the other processes while one is replaced', async () => {
    const engine = await start({ ...(await frailProcesses()), slots: 2 })
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    const batch = (count: number): Parameters<Engine['run']>[0] => ({
      bundleId: 'sample',
      frames: randomFrames(sample.manifest, count),
      count,
    })
    await expect(engine.run(batch(13))).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(engine.isReady).toBe(true)
    expect((await engine.run(batch(2))).logits).toHaveLength(2 * sample.manifest.classNames.length)
  })

  it('ends and replaces a process that hangs', async () => {
    const { module, isHanging } = await frailProcesses()
    const engine = await start({ module, timeoutMs: 15_000 })
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    takeClock()
    const frames = randomFrames(sample.manifest, 14)
    const ended = expect(engine.run({ bundleId: 'sample', frames, count: 14 })).rejects.toMatchObject({
      code: 'edge-timeout',
    })
    await until(isHanging)
    vi.advanceTimersByTime(15_000)
    await ended
    await until(() => engine.isReady)
    const output = await engine.run({
      bundleId: 'sample',
      frames: randomFrames(sample.manifest, 1),
      count: 1,
    })
    expect(output.codeLogits).toHaveLength(sample.manifest.partitions.length)
  })

  it('serves a version that brings no other networks by those it has, after the first is gone too', async () => {
    const { module } = await frailProcesses()
    const engine = await start({ module })
    const sample = await createSampleBundle()
    const first = engineBundleOf(sample)
    await engine.load(first)
    const ask = (bundleId: string): ReturnType<Engine['run']> =>
      engine.run({ bundleId, frames: randomFrames(sample.manifest, 3), count: 3 })
    await ask('sample')
    // Under this name a process would never end loading it.
    await engine.load({ ...first, id: endlessBundle, full: { ...first.full, blob: first.full.blob.slice() } })
    await engine.unload('sample')
    expect((await ask(endlessBundle)).logits).toHaveLength(3 * sample.manifest.classNames.length)
    await expect(ask('sample')).rejects.toMatchObject({ code: 'bundle-unknown' })
  })

  it('answers for others while a bundle that never ends loading is tried, and refuses it', async () => {
    const { module, isHanging } = await frailProcesses()
    const engine = await start({ module, loadTimeoutMs: 15_000 })
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    const ask = (): Promise<unknown> =>
      engine.run({ bundleId: 'sample', frames: randomFrames(sample.manifest, 1), count: 1 })
    await ask()
    takeClock()
    // Other networks than those that are loaded: they have to be tried.
    const { encoder: _, ...endless } = engineBundleOf(sample)
    const refused = expect(engine.load({ ...endless, id: endlessBundle })).rejects.toMatchObject({
      code: 'engine-failed',
    })
    await until(isHanging)
    for (let asked = 0; asked < 5; asked++) await ask()
    vi.advanceTimersByTime(15_000)
    await refused
    await ask()
    expect(engine.isReady).toBe(true)
    await expect(
      engine.run({ bundleId: endlessBundle, frames: randomFrames(sample.manifest, 1), count: 1 }),
    ).rejects.toMatchObject({ code: 'bundle-unknown' })
  })

  it('ends its processes when it is closed, also in the middle of a batch', async () => {
    const { module, isHanging } = await frailProcesses()
    const engine = await createPooledEngine({ log, choice: wasm, module })
    const sample = await createSampleBundle()
    await engine.load(engineBundleOf(sample))
    const hanging = engine.run({ bundleId: 'sample', frames: randomFrames(sample.manifest, 14), count: 14 })
    hanging.catch(() => undefined)
    await until(isHanging)
    await engine.close()
    await expect(hanging).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(engine.isReady).toBe(false)
  })

  it('says so at once where the process cannot start', async () => {
    const module = new URL('../testing/no-such-handler.ts', import.meta.url)
    await expect(createPooledEngine({ log, choice: wasm, module })).rejects.toMatchObject({
      code: 'worker-crashed',
    })
  })
})
