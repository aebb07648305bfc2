import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { inputShapeOfFull } from '../../core/bundle/full-network.ts'
import { openSession } from '../../onnx/open-session.ts'
import { runFrames } from '../../onnx/run-frames.ts'
import { loadRuntime } from '../../onnx/runtime.ts'
import { pytorchModel, ultralyticsModel } from '../../onnx/testing/sample-models.ts'
import { withBrought } from '../testing/brought-sample.ts'
import { engineBundleOf, ownTrunk, randomFrames, withoutPartitions } from '../testing/engine-samples.ts'
import { referenceOutput, runReference } from '../testing/reference-network.ts'
import type { Engine } from './engine.ts'

const createBundles = async () => ({
  sample: await createSampleBundle({ seed: 5 }),
  separable: await createSampleBundle({ seed: 13, id: 'separable', isSeparable: true }),
  own: await ownTrunk(await createSampleBundle({ seed: 6, id: 'own-trunk' })),
  alone: withoutPartitions(await createSampleBundle({ seed: 7, id: 'alone' })),
  batched: await withBrought(await createSampleBundle({ seed: 12, id: 'batched' }), pytorchModel()),
  single: await withBrought(await createSampleBundle({ seed: 12, id: 'single' }), ultralyticsModel()),
  passing: await createSampleBundle({ seed: 11, id: 'passing' }),
  other: await createSampleBundle({ seed: 8, id: 'other', partitions: 6 }),
  again: await createSampleBundle({ seed: 9, id: 'again' }),
})

/** What every engine does, whatever it runs on. `create` starts one without bundles. */
export function describeEngine(name: string, create: () => Promise<Engine>): void {
  describe(`${name} as an engine`, () => {
    let engine: Engine
    let bundles: Awaited<ReturnType<typeof createBundles>>
    let sample: SampleBundle

    // All before the first answer: what comes later a pool loads in a process apart, and most of that is the
    // process's start.
    beforeAll(async () => {
      engine = await create()
      bundles = await createBundles()
      sample = bundles.sample
      for (const bundle of Object.values(bundles)) await engine.load(engineBundleOf(bundle))
    })
    afterAll(() => engine.close())

    const expectReference = async (bundle: SampleBundle, count: number): Promise<void> => {
      const frames = randomFrames(bundle.manifest, count)
      const expected = referenceOutput(bundle, frames, count)
      const found = await engine.run({ bundleId: bundle.manifest.id, frames, count })
      const parts = [
        [found.logits, expected.logits, bundle.manifest.classNames.length],
        [found.codeLogits, expected.codeLogits, bundle.manifest.partitions.length],
      ] as const
      for (const [ours, theirs, width] of parts) {
        expect(ours).toHaveLength(count * width)
        for (let row = 0; row < count; row++) {
          const probabilities = softmax(ours.subarray(row * width, (row + 1) * width))
          for (const [index, value] of softmax(theirs.subarray(row * width, (row + 1) * width)).entries()) {
            expect(Math.abs((probabilities[index] ?? NaN) - value)).toBeLessThan(1e-4)
          }
        }
      }
    }

    it('has a name and is ready', () => {
      expect(engine.name).toMatch(/^[a-z][a-z0-9-]+$/)
      expect(engine.isReady).toBe(true)
    })

    it('computes what an independent implementation of the network computes', () =>
      expectReference(sample, 1))

    it('computes depthwise layers and the sums of inverted residuals', async () => {
      await expectReference(bundles.separable, 1)
      await expectReference(bundles.separable, 5)
    })

    it('answers every frame of a batch in its place', () => expectReference(sample, 7))

    it('feeds the encoder with the image where it has a trunk of its own', () =>
      expectReference(bundles.own, 3))

    it('answers for a bundle that has no partitions, and so no encoder', () =>
      expectReference(bundles.alone, 2))

    it.each([
      ['several frames at once', 'batched', true],
      ['one frame at a time', 'single', false],
    ] as const)('runs a full model that somebody brought, which takes %s', async (_, name, isBatched) => {
      const brought = bundles[name]
      const { full, encoder } = engineBundleOf(brought)
      if (encoder === undefined) throw new RangeError('The sample has an encoder.')
      const count = 3
      const frames = randomFrames(brought.manifest, count)
      const runtime = await loadRuntime('wasm')
      const session = await openSession(runtime, full.blob, 'the sample')
      const taking = { inputShape: inputShapeOfFull(full.spec), isBatched }
      const said = await runFrames(runtime, session, taking, frames, count, ['logits', 'features'])
      await session.release()
      const found = await engine.run({ bundleId: name, frames, count })
      expect(found.logits).toHaveLength(count * brought.manifest.classNames.length)
      for (const [index, value] of said.logits.entries()) expect(found.logits[index]).toBeCloseTo(value, 4)
      const size = said.features.length / count
      const codes = Array.from({ length: count }, (_row, row) => {
        const features = Array.from(said.features.subarray(row * size, (row + 1) * size))
        return runReference(encoder.spec, encoder.blob, features).logits
      }).flat()
      expect(found.codeLogits).toHaveLength(codes.length)
      for (const [index, value] of codes.entries()) expect(found.codeLogits[index]).toBeCloseTo(value, 3)
      await expect(engine.run({ bundleId: name, frames: frames.slice(1), count })).rejects.toMatchObject({
        code: 'frame-size-wrong',
      })
    })

    it('forgets what is unloaded, and nothing else', async () => {
      const { passing } = bundles
      await expectReference(passing, 1)
      await engine.unload('passing')
      await engine.unload('never-loaded')
      const batch = { bundleId: 'passing', frames: randomFrames(passing.manifest, 1), count: 1 }
      await expect(engine.run(batch)).rejects.toMatchObject({ code: 'bundle-unknown' })
      await expectReference(sample, 1)
    })

    it('keeps bundles apart', async () => {
      await expectReference(bundles.other, 2)
      await expectReference(sample, 2)
    })

    it('replaces a bundle that is loaded again', async () => {
      await expectReference(bundles.again, 2)
      const second = await createSampleBundle({ seed: 10, id: 'again' })
      await engine.load(engineBundleOf(second))
      await expectReference(second, 2)
    })

    it('says so when a bundle was never loaded', async () => {
      const batch = { bundleId: 'nobody', frames: randomFrames(sample.manifest, 1), count: 1 }
      await expect(engine.run(batch)).rejects.toMatchObject({ code: 'bundle-unknown' })
    })

    it('refuses a batch of another size, and still works afterwards', async () => {
      const batch = { bundleId: 'sample', frames: randomFrames(sample.manifest, 2).slice(1), count: 2 }
      await expect(engine.run(batch)).rejects.toMatchObject({ code: 'frame-size-wrong' })
      await expectReference(sample, 1)
    })

    it('refuses networks that answer with what is no number, and keeps what it had', async () => {
      const bundle = engineBundleOf(sample)
      const blob = bundle.full.blob.slice()
      // The last bias of the head, as a half float that is no number.
      blob.set([0x00, 0x7e], blob.length - 2)
      await expect(engine.load({ ...bundle, full: { ...bundle.full, blob } })).rejects.toMatchObject({
        code: 'weights-not-finite',
      })
      await expectReference(sample, 1)
    })

    it('refuses a blob that ends early, and keeps what it had', async () => {
      const bundle = engineBundleOf(sample)
      const { encoder } = bundle
      if (encoder === undefined) throw new RangeError('The sample has an encoder.')
      const broken = { ...bundle, encoder: { ...encoder, blob: encoder.blob.slice(2) } }
      await expect(engine.load(broken)).rejects.toMatchObject({ code: 'blob-truncated' })
      await expectReference(sample, 1)
    })
  })
}
