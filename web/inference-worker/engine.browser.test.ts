import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyDelta } from '../../core/bundle/delta.ts'
import { headOf, specOfPartition } from '../../core/bundle/manifest-networks.ts'
import { partitionSpec as partitionSpecOf, type PartitionHead } from '../../core/bundle/partition-head.ts'
import { encodeWeights, decodeWeights, type NamedTensor } from '../../core/bundle/weights.ts'
import { softmax, predictiveEntropy } from '../../core/gate/entropy.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { answerOfPartition } from '../../core/gate/partition-answer.ts'
import { mirrorRgb } from '../../core/image/mirror.ts'
import { frameBytes, preprocess, rgbaToRgb } from '../../core/image/preprocess.ts'
import type { Light } from '../../core/light/light.ts'
import { disposeWeights, forward, toTensors } from '../../core/network/forward.ts'
import { networkSpecSchema, type NetworkSpec } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { createSampleBundle, sampleNetwork, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import type { RawImage } from '../messages/inference.ts'
import { Engine, type EngineOptions } from './engine.ts'
import type { NetworkBlob } from './residents.ts'
import { startKernels } from './start-kernels.ts'
import { measureMemory } from './tensor-memory.ts'

let bundle: SampleBundle
let engine: Engine

const random = createRandom(7)

function frame(): RawImage {
  const { width, height } = bundle.manifest.input
  return {
    width,
    height,
    rgba: Uint8ClampedArray.from({ length: width * height * 4 }, () => random.integer(256)),
  }
}

function blobOf(network: { whole: { sha256: string }; temperature: number } | undefined): NetworkBlob {
  const weights = network && bundle.blobs.get(network.whole.sha256)
  if (weights === undefined) throw new Error('the sample bundle lacks a blob')
  return { weights, temperature: network?.temperature ?? 1 }
}

const partition = (index: number): NetworkBlob => blobOf(bundle.manifest.partitions[index])

/** The same network on the reference backend, from the same bytes. */
async function onCpu(
  spec: NetworkSpec,
  { weights, temperature }: NetworkBlob,
  image: RawImage,
): Promise<Float32Array> {
  await tf.setBackend('cpu')
  const { input } = bundle.manifest
  const tensors = toTensors(decodeWeights(spec, weights))
  const values = preprocess(rgbaToRgb(image.rgba), input)
  const x = tf.tensor4d(values, [1, input.height, input.width, 3])
  const { logits, features } = forward(spec, tensors, x)
  const probabilities = softmax(await logits.data(), temperature)
  for (const tensor of [x, logits, features]) tensor.dispose()
  disposeWeights(tensors)
  return probabilities
}

const openEngine = async (maxPartitions = 2): Promise<Engine> =>
  Engine.open(await startKernels(), {
    spec: bundle.manifest.networks.partition,
    input: bundle.manifest.input,
    generalist: blobOf(bundle.manifest.generalist),
    maxPartitions,
  })

beforeEach(async () => {
  bundle = await createSampleBundle({ seed: 3 })
  engine = await openEngine()
})
afterEach(() => engine.dispose())

const never = {
  thresholdNats: 0,
  generalistThresholdNats: 0,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const
const always = {
  thresholdNats: Math.log(4) + 1,
  generalistThresholdNats: Math.log(4) + 1,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const

describe('Engine', () => {
  it('answers as the reference backend does, to 1e-4, generalist and partitions', async () => {
    const { partition: spec } = bundle.manifest.networks
    for (const [id, blob] of [
      ['generalist', blobOf(bundle.manifest.generalist)],
      ['p0', partition(0)],
      ['p3', partition(3)],
    ] as const) {
      if (id !== 'generalist') engine.residents.load(id, blob)
      const image = frame()
      const expected = await onCpu(spec, blob, image)
      const answer = engine.classify(image, always)
      expect(answer.network).toBe(id)
      expect(
        Math.max(...answer.probabilities.map((p, index) => Math.abs(p - (expected[index] ?? 0)))),
      ).toBeLessThan(1e-4)
      expect(answer.entropyNats).toBeCloseTo(predictiveEntropy(expected), 3)
    }
  })

  describe('with partitions that have heads of their own', () => {
    const heads = (): Map<string, PartitionHead> =>
      new Map(bundle.manifest.partitions.map((one) => [one.id, headOf(one)!]))
    const open = async (more: Partial<EngineOptions> = {}): Promise<Engine> => {
      engine.dispose()
      bundle = await createSampleBundle({ seed: 3, hasHeads: true, hasDeltas: true })
      const { generalist: spec, partition: partitionSpec, delta } = bundle.manifest.networks
      return (engine = Engine.open(await startKernels(), {
        spec,
        partitionSpec,
        heads: heads(),
        delta,
        input: bundle.manifest.input,
        generalist: blobOf(bundle.manifest.generalist),
        maxPartitions: 2,
        ...more,
      }))
    }

    it('answers as the reference backend does, whole and as a delta, under the scene and without', async () => {
      await open()
      const { manifest } = bundle
      const factors = Float32Array.of(2, 1, 0.5, 0.5)
      for (const index of [0, 1, 3]) {
        const one = manifest.partitions[index]!
        const spec = specOfPartition(manifest, one)
        const base = decodeWeights(manifest.networks.generalist, blobOf(manifest.generalist).weights)
        const delta = bundle.blobs.get(one.delta!.sha256)!
        const ofDelta: NetworkBlob = {
          weights: encodeWeights(spec, applyDelta(spec, manifest.networks.delta!, base, delta)),
          temperature: 1,
        }
        for (const [blob, reference] of [
          [blobOf(one), blobOf(one)],
          [{ weights: delta, temperature: 1, form: 'delta' as const }, ofDelta],
        ] as const) {
          engine.residents.load(one.id, blob)
          for (const classFactors of [undefined, factors]) {
            const image = frame()
            const expected = answerOfPartition(
              headOf(one)!,
              await onCpu(spec, reference, image),
              4,
              classFactors,
            )
            const answer = engine.classify(
              image,
              { ...always, thresholdNats: 9 },
              { classFactors, choice: { id: one.id } },
            )
            expect(answer.network).toBe(one.id)
            expect(answer.classIndex).toBe(expected.classIndex)
            expect(answer.outcome).toBe(expected.isElsewhere ? 'miss' : 'hit')
            for (const [of, value] of expected.probabilities.entries())
              expect(Math.abs((answer.probabilities[of] ?? 9) - value)).toBeLessThan(2e-3)
          }
        }
      }
    })

    it('asks the one that the scene asks for, and the generalist where that is not here', async () => {
      await open()
      engine.residents.load('p0', partition(0))
      engine.residents.load('p1', partition(1))
      expect(
        engine.classify(frame(), never, { choice: { id: 'p0' } }).probes.map(({ network }) => network),
      ).toEqual(['p0'])
      expect(
        engine.classify(frame(), never, { choice: { id: 'p3' } }).probes.map(({ network }) => network),
      ).toEqual([generalistId])
      expect(
        engine.classify(frame(), never, { choice: { id: undefined } }).probes.map(({ network }) => network),
      ).toEqual([generalistId])
      expect(engine.classify(frame(), never).probes.map(({ network }) => network)).toEqual(['p1'])
    })

    it('is certain of nothing that is strange to the network, however loose the threshold', async () => {
      await open()
      engine.residents.load('p0', { ...partition(0), mostStrange: -1e6 })
      expect(
        engine.classify(frame(), { ...always, thresholdNats: 100 }, { choice: { id: 'p0' } }),
      ).toMatchObject({ outcome: 'miss', isStrange: true })
      engine.residents.load('p0', { ...partition(0), mostStrange: 1e6 })
      expect(engine.classify(frame(), always, { choice: { id: 'p0' } }).isStrange).toBe(false)
    })

    it('looks again in the light of its place where a picture is strange as it is', async () => {
      await open()
      const { classIndices } = headOf(bundle.manifest.partitions[0]!)!
      const strangenessOf = (said: Float32Array): number => {
        const own = classIndices.map((index) => said[index] ?? 0)
        const elsewhere = 1 - own.reduce((sum, value) => sum + value, 0)
        return Math.log(elsewhere) - Math.log(Math.max(...own))
      }
      const said = (shown: RawImage, blob: Partial<NetworkBlob> = {}) => {
        engine.residents.load('p0', { ...partition(0), ...blob })
        return engine.classify(shown, always, { choice: { id: 'p0' } }).probabilities
      }
      const isLitTaken = Array.from({ length: 12 }, (_, at) => {
        const drawn = frame()
        const shown = (change: (value: number) => number): RawImage => ({
          ...drawn,
          rgba: drawn.rgba.map((value, byte) => (byte % 4 === 3 ? 255 : change(value & 254))),
        })
        const [bright, dark] = [shown((value) => value), shown((value) => value / 2)]
        const [image, inTheLight, gain] = at % 2 === 0 ? [bright, dark, 0.5] : [dark, bright, 2]
        const light: Light = { gain: [gain, gain, gain], offset: [0, 0, 0] }
        const [asItIs, lit] = [said(image), said(inTheLight)]
        // Nothing is strange: one look is enough.
        expect(said(image, { light, mostStrange: 1e6 })).toEqual(asItIs)
        const isLitBetter = strangenessOf(lit) < strangenessOf(asItIs)
        expect(said(image, { light, mostStrange: -1e6 })).toEqual(isLitBetter ? lit : asItIs)
        return isLitBetter
      })
      expect(new Set(isLitTaken)).toEqual(new Set([true, false]))
    })

    it('runs partitions of another size than the generalist beside it', async () => {
      const partitionSpec = sampleNetwork(16, [2, 3, 4], 4)
      await open({ partitionSpec, delta: undefined })
      const [one] = bundle.manifest.partitions
      const spec = partitionSpecOf(partitionSpec, headOf(one!))
      const weights = encodeWeights(
        spec,
        planNetwork(spec).tensors.map(({ name, shape, size }) => ({
          name,
          shape,
          values: Float32Array.from({ length: size }, () => random.normal() * 0.3),
        })),
      )
      const blob: NetworkBlob = { weights, temperature: 1 }
      engine.residents.load('p0', blob)
      const image = frame()
      const expected = answerOfPartition(headOf(one!)!, await onCpu(spec, blob, image), 4, undefined)
      const answer = engine.classify(image, { ...never, asksGeneralist: true }, { choice: { id: 'p0' } })
      expect(answer.probes.map(({ network }) => network)).toEqual(['p0', generalistId])
      const own = engine.classify(image, never, { choice: { id: 'p0' } })
      for (const [of, value] of expected.probabilities.entries())
        expect(Math.abs((own.probabilities[of] ?? 9) - value)).toBeLessThan(2e-3)
    })
  })

  it('runs every kind of layer that a spec can have', async () => {
    const spec = networkSpecSchema.parse({
      inputShape: [16, 16, 3],
      layers: [
        { kind: 'conv', name: 'white', filters: 5, kernelSize: 2, padding: 'valid', activation: 'linear' },
        { kind: 'conv', name: 'stride', filters: 6, kernelSize: 3, stride: 2 },
        { kind: 'residual', layers: [{ kind: 'conv', name: 'inner', filters: 6, kernelSize: 1 }] },
        { kind: 'depthwise', name: 'each' },
        { kind: 'maxPool', poolSize: 3, stride: 2 },
        { kind: 'globalPool', mode: 'average' },
        { kind: 'dense', name: 'hidden', units: 7, activation: 'relu' },
        { kind: 'dense', name: 'head', units: 4 },
      ],
    })
    const values: NamedTensor[] = planNetwork(spec).tensors.map(({ name, shape, size }) => ({
      name,
      shape,
      values: Float32Array.from({ length: size }, () => random.normal() * 0.5),
    }))
    const blob = { weights: encodeWeights(spec, values), temperature: 1.7 }
    const other = Engine.open(await startKernels(), {
      spec,
      input: bundle.manifest.input,
      generalist: blob,
      maxPartitions: 1,
    })
    const image = frame()
    const expected = await onCpu(spec, blob, image)
    const { probabilities } = other.classify(image, always)
    other.dispose()
    expect(Math.max(...probabilities.map((p, index) => Math.abs(p - (expected[index] ?? 0))))).toBeLessThan(
      1e-4,
    )
  })

  it('holds no more tensors after 300 frames and 50 switches of partition than before', () => {
    engine.residents.load('p0', partition(0))
    engine.residents.load('p1', partition(1))
    engine.classify(frame(), never)
    const before = measureMemory()
    for (let index = 0; index < 300; index++) {
      if (index % 6 === 0) engine.residents.load(`p${(index / 6) % 4}`, partition((index / 6) % 4))
      engine.classify(frame(), index % 2 === 0 ? never : { ...always, thresholdNats: 0.9, maxProbes: 2 })
    }
    expect(measureMemory()).toEqual(before)
    expect(engine.residents.order).toHaveLength(2)
  })

  it('gives everything back when it closes', async () => {
    const before = measureMemory()
    const other = await openEngine()
    other.residents.load('p0', partition(0))
    other.classify(frame(), never)
    expect(measureMemory().tensors).toBeGreaterThan(before.tensors)
    other.dispose()
    expect(measureMemory()).toEqual(before)
  })

  it('asks the generalist while no partition is resident, then the most recent partition', () => {
    expect(engine.classify(frame(), never).probes.map(({ network }) => network)).toEqual(['generalist'])
    engine.residents.load('p0', partition(0))
    engine.residents.load('p1', partition(1))
    expect(engine.classify(frame(), never).probes.map(({ network }) => network)).toEqual(['p1'])
    expect(engine.classify(frame(), { ...never, maxProbes: 5 }).probes.map(({ network }) => network)).toEqual(
      ['p1', 'p0'],
    )
  })

  it('hits at a threshold above the entropy, and misses below it with the frame’s bytes for the edge', () => {
    const image = frame()
    const { entropyNats } = engine.classify(image, never)
    const hit = engine.classify(image, {
      ...always,
      thresholdNats: entropyNats,
      maxProbes: 1,
      order: 'recent-first',
      asksGeneralist: false,
    } as const)
    expect(hit.outcome).toBe('hit')
    const miss = engine.classify(image, {
      ...always,
      thresholdNats: entropyNats - 1e-6,
      maxProbes: 1,
      order: 'recent-first',
      asksGeneralist: false,
    } as const)
    expect(miss.outcome).toBe('miss')
    expect(miss.rgb).toEqual(rgbaToRgb(image.rgba))
    expect(miss.rgb).toHaveLength(frameBytes(bundle.manifest.input))
    expect(miss.entropyNats).toBe(entropyNats)
  })

  it('misses at any threshold where a network computes what is no number, and says of all classes the same', async () => {
    const generalist = { ...blobOf(bundle.manifest.generalist), temperature: NaN }
    const broken = Engine.open(await startKernels(), {
      spec: bundle.manifest.networks.partition,
      input: bundle.manifest.input,
      generalist,
      maxPartitions: 1,
    })
    const answer = broken.classify(frame(), {
      thresholdNats: 1e9,
      generalistThresholdNats: 1e9,
      maxProbes: 1,
      order: 'recent-first',
      asksGeneralist: true,
      looksTwice: true,
    })
    broken.dispose()
    expect(answer).toMatchObject({ outcome: 'miss', entropyNats: Math.log(4) })
    expect([...answer.probabilities]).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  it('refuses weights that are not finite, and keeps what it had', () => {
    const { weights, temperature } = partition(0)
    const spoiled = weights.slice()
    new DataView(spoiled.buffer).setUint16(0, 0x7e00, true)
    expect(() => engine.residents.load('p0', { weights: spoiled, temperature })).toThrow(
      expect.objectContaining({ code: 'weights-not-finite' }),
    )
    expect(engine.residents.order).toEqual([])
  })

  it('makes the partition that answered the most recent, and gives the least uncertain answer on a miss', () => {
    engine.residents.load('p0', partition(0))
    engine.residents.load('p1', partition(1))
    // Among many frames there is one that p0 is the surer about.
    for (let tries = 0; tries < 500; tries++) {
      const image = frame()
      const miss = engine.classify(image, { ...always, thresholdNats: 0, maxProbes: 2 })
      const [first, second] = miss.probes
      if (first === undefined || second === undefined) throw new Error('both should have been asked')
      expect(miss.entropyNats).toBe(Math.min(first.entropyNats, second.entropyNats))
      if (second.entropyNats < first.entropyNats) {
        expect(miss.network).toBe('p0')
        const hit = engine.classify(image, { ...always, thresholdNats: second.entropyNats, maxProbes: 2 })
        expect(hit).toMatchObject({ outcome: 'hit', network: 'p0', residents: ['p0', 'p1'] })
        return
      }
    }
    throw new Error('no frame told the two partitions apart')
  })

  it('holds as many partitions as there is room for, the least recently used going first', () => {
    engine.residents.load('p0', partition(0))
    engine.residents.load('p1', partition(1))
    engine.residents.use('p0')
    engine.residents.load('p2', partition(2))
    expect(engine.residents.order).toEqual(['p2', 'p0'])
    engine.residents.setRoom(1)
    expect(engine.residents.order).toEqual(['p2'])
    engine.residents.unload('p2')
    expect(engine.residents.order).toEqual([])
    expect(engine.classify(frame(), never).network).toBe('generalist')
  })

  it('refuses weights of another length, and keeps what it had', () => {
    engine.residents.load('p0', partition(0))
    const before = measureMemory()
    expect(() => engine.residents.load('p0', { weights: new Uint8Array(10), temperature: 1 })).toThrow(
      expect.objectContaining({ code: 'blob-truncated' }),
    )
    expect(measureMemory()).toEqual(before)
    expect(engine.classify(frame(), never).network).toBe('p0')
  })
})

describe('an engine with deltas', () => {
  it('answers with a delta as with the whole weights that it stands for, and takes the whole at its place', async () => {
    engine.dispose()
    bundle = await createSampleBundle({ hasDeltas: true })
    const { networks, input, generalist, partitions } = bundle.manifest
    const base = blobOf(generalist)
    engine = Engine.open(await startKernels(), {
      spec: networks.partition,
      input,
      generalist: base,
      maxPartitions: 3,
      delta: networks.delta,
    })
    const [first, second] = partitions
    if (first?.delta === undefined || second === undefined || networks.delta === undefined)
      throw new Error('the sample bundle has deltas')
    const delta = bundle.blobs.get(first.delta.sha256) ?? new Uint8Array()
    const whole = encodeWeights(
      networks.partition,
      applyDelta(networks.partition, networks.delta, decodeWeights(networks.partition, base.weights), delta),
    )
    const image = frame()
    const answers: Float32Array[] = []
    for (const blob of [
      { weights: whole, temperature: 1 },
      { weights: delta, temperature: 1, form: 'delta' as const },
    ]) {
      engine.residents.load(first.id, blob)
      answers.push(engine.classify({ ...image, rgba: image.rgba.slice() }, never).probabilities)
    }
    // The whole weights were rounded to half floats once more.
    for (const [index, probability] of (answers[1] ?? []).entries())
      expect(probability).toBeCloseTo(answers[0]?.[index] ?? Number.NaN, 2)

    engine.residents.load(second.id, blobOf(second))
    engine.residents.refine(first.id, blobOf(first))
    engine.residents.refine('nobody', blobOf(first))
    expect(engine.residents.order).toEqual([second.id, first.id])
    engine.residents.use(first.id)
    const refined = engine.classify({ ...image, rgba: image.rgba.slice() }, never)
    engine.residents.load('again', blobOf(first))
    expect(refined.probabilities).toEqual(engine.classify(image, never).probabilities)
  })

  it('refuses a delta where the bundle has none', () => {
    expect(() => engine.residents.load('p0', { ...partition(0), form: 'delta' })).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }) as Error,
    )
  })

  it('answers under what the scene makes of each class', () => {
    const image = frame()
    const ask = (classFactors?: Float32Array<ArrayBuffer>) =>
      engine.classify({ ...image, rgba: image.rgba.slice() }, always, { classFactors })
    const alone = ask()
    const [classes, other] = [alone.probabilities.length, (alone.classIndex + 1) % alone.probabilities.length]
    const settled = ask(Float32Array.from({ length: classes }, (_, index) => (index === other ? 1e6 : 1e-6)))
    expect(settled.classIndex).toBe(other)
    expect(settled.entropyNats).toBeLessThan(alone.entropyNats)
    expect(ask(new Float32Array(classes).fill(1)).entropyNats).toBeCloseTo(alone.entropyNats, 5)
  })

  it('looks twice where it is not certain: the mean of the frame and its mirror image, and the frame’s own bytes for the edge', async () => {
    const image = frame()
    const rgb = rgbaToRgb(image.rgba)
    const mirrored = mirrorRgb(rgb, image.width)
    const rgbaOf = (bytes: Uint8Array) =>
      Uint8ClampedArray.from({ length: image.width * image.height * 4 }, (_, index) =>
        index % 4 === 3 ? 255 : bytes[Math.floor(index / 4) * 3 + (index % 4)]!,
      )
    const answer = engine.classify(
      { ...image, rgba: image.rgba.slice() },
      { ...never, asksGeneralist: true, looksTwice: true },
    )
    const { partition: spec } = bundle.manifest.networks
    const [first, second] = [
      await onCpu(spec, blobOf(bundle.manifest.generalist), image),
      await onCpu(spec, blobOf(bundle.manifest.generalist), { ...image, rgba: rgbaOf(mirrored) }),
    ]
    for (const [index, value] of first.entries())
      expect(answer.probabilities[index]).toBeCloseTo((value + second[index]!) / 2, 4)
    expect(answer).toMatchObject({ outcome: 'miss', network: generalistId, rgb })
    expect(answer.probes.map(({ network }) => network)).toEqual([generalistId, generalistId])
    // Certain at first sight, it does not look again.
    expect(engine.classify(image, { ...always, looksTwice: true }).probes).toHaveLength(1)
  })

  it('hands out the pixels of a hit too: the edge may be asked about it all the same', () => {
    const image = frame()
    expect(engine.classify(image, always)).toMatchObject({ outcome: 'hit', rgb: rgbaToRgb(image.rgba) })
  })
})
