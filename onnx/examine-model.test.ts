import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examineModel, type ExaminedModel, type ModelWish } from './examine-model.ts'
import { graphNames } from './graph-names.ts'
import { parseInputWish } from './input-scale.ts'
import { openSession } from './open-session.ts'
import { runFrames } from './run-frames.ts'
import { requireSelfContained } from './require-self-contained.ts'
import { loadRuntime, startRuntime, type Runtime } from './runtime.ts'
import {
  caffeModel,
  changed,
  convolutionHeadModel,
  kerasModel,
  oldModel,
  pytorchModel,
  sampleFeatures,
  ultralyticsModel,
  withExternalData,
} from './testing/sample-models.ts'
import { wrapExamined } from './wrap-classifier.ts'

let folder = ''
let runtime: Runtime

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-onnx-'))
  runtime = await startRuntime()
})
afterAll(() => rm(folder, { recursive: true }))

async function written(model: Uint8Array, name = 'model.onnx'): Promise<string> {
  await writeFile(join(folder, name), model)
  return join(folder, name)
}
const examine = async (model: Uint8Array, wish: ModelWish = { input: {} }): Promise<ExaminedModel> =>
  examineModel(runtime, await written(model), wish, 3)

const size = 24

/** Plain pictures of one colour each, preprocessed: [count, size, size, 3]. */
function plain(
  colours: readonly (readonly number[])[],
  make: (byte: number, channel: number) => number,
): Float32Array {
  const frames = new Float32Array(colours.length * size * size * 3)
  for (let index = 0; index < frames.length; index++)
    frames[index] = make(colours[Math.floor(index / (size * size * 3))]?.[index % 3] ?? 0, index % 3)
  return frames
}
const colours = [
  [230, 30, 20],
  [20, 220, 40],
  [10, 30, 240],
]

/** Logits of the three colours, in the classes' order. */
async function answers(
  examined: ExaminedModel,
  frames: Float32Array,
  {
    order = 'rgb',
    isProbabilities = false,
    classes = [0, 1, 2],
    on = runtime,
  }: { order?: 'rgb' | 'bgr'; isProbabilities?: boolean; classes?: number[]; on?: Runtime } = {},
): Promise<{ logits: Float32Array; features: Float32Array }> {
  const session = await openSession(
    on,
    wrapExamined(examined, { order, classes, isProbabilities }),
    'the sample',
  )
  const taking = { inputShape: [size, size, 3], isBatched: examined.input.isBatched }
  const said = await runFrames(on, session, taking, frames, colours.length, ['logits', 'features'])
  await session.release()
  return said
}

/** The place of the largest value of each row. */
const choices = (logits: Float32Array): number[] =>
  Array.from({ length: 3 }, (_, row) => {
    const values = [...logits.subarray(row * 3, (row + 1) * 3)]
    return values.indexOf(Math.max(...values))
  })

describe('a model that somebody brings', () => {
  it.each([
    ['PyTorch', () => pytorchModel(), { layout: 'nchw', isBatched: true }, undefined, undefined, 'flat'],
    [
      'Keras through tf2onnx',
      () => kerasModel(),
      { layout: 'nhwc', isBatched: true },
      'byte',
      'Softmax',
      'squeezed',
    ],
    [
      'Ultralytics',
      () => ultralyticsModel(),
      { layout: 'nchw', isBatched: false },
      'unit',
      'Softmax',
      'flat',
    ],
    ['opset 7', () => oldModel(), { layout: 'nchw', isBatched: false }, undefined, 'Softmax', 'dropped'],
    [
      'half floats',
      () => pytorchModel({ isHalf: true }),
      { layout: 'nchw', isBatched: true },
      undefined,
      undefined,
      'flat',
    ],
    [
      'a convolution as head',
      () => convolutionHeadModel(),
      { layout: 'nchw', isBatched: true },
      undefined,
      'Div',
      'relu',
    ],
  ] as const)(
    'is understood and answers as it should: %s',
    async (_, make, input, scale, softmax, features) => {
      const examined = await examine(make())
      expect(examined).toMatchObject({ outputs: 3, features: sampleFeatures, input: { ...input, size } })
      expect(examined.input.scale?.name).toBe(scale)
      expect(examined.output.features).toBe(features)
      if (softmax === undefined) expect(examined.output.softmax).toBeUndefined()
      else expect(examined.output.softmax).toContain(softmax)
      expect(examined.measures.megaMacs).toBeGreaterThan((size * size * 12) / 1e6 - 1e-9)
      const byte = examined.input.scale?.name === 'byte'
      const frames = plain(colours, (value) => (byte ? value : value / 255))
      const { logits, features: seen } = await answers(examined, frames)
      expect(choices(logits)).toEqual([0, 1, 2])
      expect(seen).toHaveLength(3 * sampleFeatures)
      // Softmax inside or not: what comes out are logits, which do not sum to 1.
      expect(Math.abs(logits[0]! + logits[1]! + logits[2]! - 1)).toBeGreaterThan(0.01)
    },
  )

  it('gives the same on WebAssembly', async () => {
    const examined = await examine(pytorchModel())
    const frames = plain(colours, (value) => value / 255)
    const native = await answers(examined, frames)
    const wasm = await answers(examined, frames, { on: await loadRuntime('wasm') })
    for (const [index, value] of native.logits.entries()) expect(wasm.logits[index]).toBeCloseTo(value, 4)
  })

  it('gives the classes that are wanted, in their order, and logarithms of probabilities', async () => {
    // Shares of a sum: probabilities, and no softmax.
    const shares = changed(convolutionHeadModel(), ({ node }) => {
      Object.assign(node![5]!, { opType: 'Abs', input: ['flat'] })
    })
    const examined = await examine(shares)
    expect(examined.output).toMatchObject({ softmax: undefined, features: 'relu' })
    const frames = plain(colours, (value) => value / 255)
    const { logits } = await answers(examined, frames, { isProbabilities: true, classes: [2, 1, 0] })
    expect(choices(logits)).toEqual([2, 1, 0])
    expect(Math.exp(logits[0]!) + Math.exp(logits[1]!) + Math.exp(logits[2]!)).toBeCloseTo(1, 4)
  })

  it('reads weights that lie in a file beside it', async () => {
    const { model, data } = withExternalData(pytorchModel(), 'weights.data')
    await writeFile(join(folder, 'weights.data'), data)
    const { logits } = await answers(
      await examine(model),
      plain(colours, (value) => value / 255),
    )
    expect(choices(logits)).toEqual([0, 1, 2])
  })

  it('puts blue first where the model wants it so', async () => {
    const mean = [123.68, 116.779, 103.939]
    const frames = plain(colours, (value, channel) => value - mean[channel]!)
    const examined = await examine(caffeModel())
    expect(choices((await answers(examined, frames, { order: 'bgr' })).logits)).toEqual([0, 1, 2])
    expect(choices((await answers(examined, frames)).logits)).toEqual([2, 1, 0])
  })

  it('takes the features that are named, by node or by value', async () => {
    const named = (features: string): Promise<ExaminedModel> =>
      examine(pytorchModel(), { input: {}, features })
    expect((await named('node_relu')).output.features).toBe('relu')
    expect((await named('pooled')).features).toBe(sampleFeatures)
    await expect(named('nowhere')).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('takes a size from the wish where the model leaves it open', async () => {
    const open = changed(pytorchModel(), ({ input }) => {
      const dim = input?.[0]?.type?.tensorType?.shape?.dim ?? []
      dim[2] = { dimParam: 'height' }
      dim[3] = { dimParam: 'width' }
    })
    await expect(examine(open)).rejects.toThrow('--full-input 224')
    expect((await examine(open, { input: parseInputWish('24,imagenet') })).input).toMatchObject({
      size: 24,
      scale: { name: 'imagenet', order: 'rgb' },
    })
  })

  it.each([
    [
      'an output that chooses',
      changed(pytorchModel(), (graph) => {
        graph.node?.push({ opType: 'ArgMax', name: 'pick', input: ['output'], output: ['choice'] })
        graph.output = [{ name: 'choice' }]
      }),
      /node pick \(ArgMax\), which chooses a class/,
    ],
    [
      'an operator that nobody knows',
      changed(pytorchModel(), (graph) => {
        Object.assign(graph.node![1]!, { domain: 'my.ops', opType: 'Swish' })
      }),
      /node node_relu \(Swish\) is an operator of "my\.ops"/,
    ],
    [
      'an operator that the runtime does not have',
      changed(pytorchModel(), (graph) => {
        graph.node![1]!.opType = 'NoSuchThing'
      }),
      /cannot run .*NoSuchThing/,
    ],
    [
      'no dense layer before the answer',
      changed(pytorchModel(), (graph) => {
        graph.node!.splice(4, 1, { opType: 'Sin', name: 'wave', input: ['flat'], output: ['output'] })
      }),
      /comes from the node wave \(Sin\).*--full-features/,
    ],
    [
      'two inputs',
      changed(pytorchModel(), (graph) => {
        graph.input!.push({ name: 'mask', type: graph.input![0]!.type! })
      }),
      /2 inputs \(input, mask\)/,
    ],
    [
      'a batch of eight',
      changed(pytorchModel(), (graph) => {
        graph.input![0]!.type!.tensorType!.shape!.dim![0] = { dimValue: 8 }
      }),
      /takes exactly 8 pictures/,
    ],
    [
      'a picture that is no square',
      changed(pytorchModel(), (graph) => {
        graph.input![0]!.type!.tensorType!.shape!.dim![3] = { dimValue: 32 }
      }),
      /reads 32x24/,
    ],
    ['what is no model', new Uint8Array([1, 2, 3]), /is no ONNX model/],
  ] as const)('refuses %s in one sentence that says where', async (_, model, message) => {
    const refused = expect(examine(model)).rejects
    await refused.toMatchObject({ code: 'config-invalid' })
    await expect(examine(model)).rejects.toThrow(message)
  })

  it('refuses weights outside of its folder, and an opset before 7', async () => {
    const { model } = withExternalData(pytorchModel(), '../../etc/passwd')
    await expect(examine(model)).rejects.toThrow('outside of its folder')
    await expect(examine(pytorchModel({ opset: 6 }))).rejects.toThrow('of opset 6')
  })

  it('writes a model that keeps nothing outside, and lets none pass that does', async () => {
    const { model, data } = withExternalData(pytorchModel(), 'inside.data')
    await writeFile(join(folder, 'inside.data'), data)
    expect(() => requireSelfContained(model)).toThrow(
      expect.objectContaining({ code: 'engine-failed' }) as Error,
    )
    const blob = wrapExamined(await examine(model), {
      order: 'rgb',
      classes: [0, 1, 2],
      isProbabilities: false,
    })
    expect(requireSelfContained(blob).graph?.input).toHaveLength(1)
    expect(() => requireSelfContained(new Uint8Array([255, 255]))).toThrow(/no ONNX model/)
  })

  it('names the values of a wrapped model so that none of its own is in the way', () => {
    for (const name of Object.values(graphNames)) expect(name).toMatch(/^cachenet\//)
  })
})

describe('parseInputWish', () => {
  it('reads words in any order', () => {
    expect(parseInputWish('bgr, 192,half,nhwc')).toMatchObject({
      size: 192,
      order: 'bgr',
      layout: 'nhwc',
      scale: { name: 'half', mean: [0.5, 0.5, 0.5] },
    })
    expect(parseInputWish('mean=0.5,std=0.1/0.2/0.3').scale).toMatchObject({
      mean: [0.5, 0.5, 0.5],
      std: [0.1, 0.2, 0.3],
    })
  })

  it.each(['imagnet', '4', 'std=0', 'mean=a'])('refuses %s', (text) => {
    expect(() => parseInputWish(text)).toThrow(/--full-input/)
  })
})
