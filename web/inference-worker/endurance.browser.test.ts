import { afterEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import type { RawImage } from '../messages/inference.ts'
import { Engine } from './engine.ts'
import type { NetworkBlob } from './residents.ts'
import { startKernels } from './start-kernels.ts'
import { measureMemory } from './tensor-memory.ts'

const random = createRandom(11)
let engine: Engine | undefined
afterEach(() => engine?.dispose())

const frameOf = (size: number): RawImage => ({
  width: size,
  height: size,
  rgba: Uint8ClampedArray.from({ length: size * size * 4 }, () => random.integer(256)),
})
const gate = {
  thresholdNats: 0.7,
  generalistThresholdNats: 0.7,
  maxProbes: 2,
  order: 'least-entropy',
  asksGeneralist: true,
} as const

describe('the engine over a long stream', () => {
  it(
    'holds as many tensors after 10,000 frames and 500 switches as after the first, deltas and whole partitions in turn',
    { timeout: 240_000 },
    async () => {
      const { manifest, blobs } = await createSampleBundle({ hasDeltas: true })
      const blobOf = (sha256: string | undefined, temperature = 1): NetworkBlob => ({
        weights: blobs.get(sha256 ?? '') ?? new Uint8Array(),
        temperature,
      })
      const { networks, input, generalist, partitions } = manifest
      engine = Engine.open(await startKernels(), {
        spec: networks.partition,
        input,
        generalist: blobOf(generalist.whole.sha256),
        maxPartitions: 2,
        delta: networks.delta,
      })
      const frame = frameOf(input.width)
      const switchTo = (index: number): void => {
        const next = partitions[index % partitions.length]
        if (next === undefined || engine === undefined)
          throw new RangeError('the sample bundle has four partitions')
        engine.residents.load(next.id, { ...blobOf(next.delta?.sha256), form: 'delta' })
        engine.residents.refine(next.id, blobOf(next.whole.sha256))
      }
      switchTo(0)
      switchTo(1)
      engine.classify(frame, gate)
      const before = measureMemory()
      let hits = 0
      for (let index = 0; index < 10_000; index++) {
        if (index % 20 === 0) switchTo(index / 20)
        if (engine.classify(frame, gate).outcome === 'hit') hits++
      }
      expect(measureMemory()).toEqual(before)
      expect(engine.residents.order).toHaveLength(2)
      expect(hits).toBeGreaterThan(0)
    },
  )
})
