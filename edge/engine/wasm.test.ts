import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { engineBundleOf, ownTrunk, randomFrames } from '../testing/engine-samples.ts'
import { describeEngine } from './engine.cases.ts'
import { createWasmEngine } from './wasm.ts'

describeEngine('tfjs-wasm', createWasmEngine)

it('leaks no tensor over 200 frames, nor when a bundle is loaded again or closed', async () => {
  const before = tf.memory().numTensors
  const engine = await createWasmEngine()
  const sample = await createSampleBundle()
  const own = await ownTrunk(await createSampleBundle({ id: 'own' }))
  await engine.load(engineBundleOf(sample))
  await engine.load(engineBundleOf(own))
  const loaded = tf.memory().numTensors
  for (let turn = 0; turn < 100; turn++) {
    await engine.run({ bundleId: 'sample', frames: randomFrames(sample.manifest, 1, turn), count: 1 })
    await engine.run({ bundleId: 'own', frames: randomFrames(own.manifest, 1, turn), count: 1 })
  }
  await engine.load(engineBundleOf(sample))
  expect(tf.memory().numTensors).toBe(loaded)
  expect(loaded).toBeGreaterThan(before)
  await engine.close()
  expect(tf.memory().numTensors).toBe(before)
})
