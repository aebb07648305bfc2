import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { measureInput, type Split } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { barsArchitecture, barsJob } from '../testing/bars-job.ts'
import { initialise, parameterLayout } from './architecture.ts'
import { architectureOf, readBase } from './base-bundle.ts'
import { inferenceSpec } from './fold.ts'
import { predictImages } from './predict.ts'
import { continueNetwork, startFromBase } from './start-from-base.ts'
import { shipNetwork } from './ship-network.ts'
import { whiteningFilters } from './whitening.ts'

beforeAll(startTrainingBackend)

const images: Split = barsJob().images
const baseInput = barsJob().images.input
const ownInput = measureInput(images, 16)

/** A network as training leaves it: with norms that know something. */
function trainedBase(): ReturnType<typeof shipNetwork> {
  const random = createRandom(3)
  const whitening = whiteningFilters(images.pixels, baseInput, random)
  const vector = initialise(barsArchitecture, whitening, random)
  for (const { name, offset, size } of parameterLayout(barsArchitecture).parameters) {
    for (let index = offset; index < offset + size; index++) {
      if (name.endsWith('/shift') || name.endsWith('/mean')) vector[index] = random.normal() * 0.2
      if (name.endsWith('/variance')) vector[index] = 0.5 + random.next()
    }
  }
  return shipNetwork(barsArchitecture, vector)
}

describe('continueNetwork', () => {
  it('begins with what the network answers, its head included', () => {
    const network = trainedBase()
    const shown = { pixels: images.pixels, input: baseInput }
    const vector = continueNetwork(barsArchitecture, network, shown, createRandom(4))
    const wanted = predictImages(network, images, baseInput)
    const found = predictImages(shipNetwork(barsArchitecture, vector), images, baseInput)
    const largest = Math.max(...wanted.logits.map(Math.abs))
    expect(largest).toBeGreaterThan(0.1)
    // Weights ship as half floats.
    for (const [index, value] of wanted.logits.entries())
      expect(Math.abs(found.logits[index]! - value)).toBeLessThan(0.02 * largest)
  })
})

describe('startFromBase', () => {
  it('begins with the features of the base, whatever its images were normalised by, and with a head of its own', () => {
    const base = trainedBase()
    const architecture = { ...barsArchitecture, classes: 5 }
    const start = (): Float32Array =>
      startFromBase(
        architecture,
        { network: base, architecture: barsArchitecture },
        baseInput,
        { pixels: images.pixels, input: ownInput },
        createRandom(4),
      )
    const started = shipNetwork(architecture, start())
    const [wanted, found] = [
      predictImages(base, images, baseInput),
      predictImages(started, images, ownInput),
    ] as const
    expect(found.outputs).toBe(5)
    const largest = Math.max(...wanted.features)
    expect(largest).toBeGreaterThan(0.5)
    // Weights ship as half floats.
    for (const [index, value] of wanted.features.entries())
      expect(Math.abs(found.features[index]! - value)).toBeLessThan(0.01 * largest)
    expect(start()).toEqual(start())
  })

  it('has filters of the size that fresh ones have, so that rates mean the same', () => {
    const start = startFromBase(
      barsArchitecture,
      { network: trainedBase(), architecture: barsArchitecture },
      baseInput,
      { pixels: images.pixels, input: ownInput },
      createRandom(4),
    )
    const { offset, size, shape } = parameterLayout(barsArchitecture).parameters.find(
      ({ name }) => name === 'stage2-a/kernel',
    )!
    const squares = start.subarray(offset, offset + size).reduce((sum, value) => sum + value ** 2, 0)
    expect(squares / shape[3]!).toBeCloseTo(4 / 3, 4)
  })
})

describe('architectureOf', () => {
  it('knows the networks of the family, and no others', () => {
    const spec = inferenceSpec(barsArchitecture)
    expect(architectureOf(spec)).toEqual(barsArchitecture)
    expect(architectureOf({ ...spec, layers: spec.layers.slice(1) })).toBeUndefined()
  })
})

describe('readBase', () => {
  it('finds a released bundle by its id and by its folder', async () => {
    const byId = await readBase('cifar10', 'public/bundles')
    const byFolder = await readBase('public/bundles/cifar10', 'nowhere')
    expect(byId.sha256).toEqual(byFolder.sha256)
    expect(byId.full.architecture).toEqual({ size: 32, widths: [64, 256, 256], classes: 10 })
    expect(byId.generalist.architecture.widths).toEqual([16, 48, 64])
  })

  it('says where it looked for one that is not there', async () => {
    await expect(readBase('no-such', 'public/bundles')).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('public/bundles/no-such') as string,
    })
  })
})
