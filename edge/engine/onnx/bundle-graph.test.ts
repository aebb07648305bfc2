import { expect, it } from 'vitest'
import { softmax } from '../../../core/gate/entropy.ts'
import { encodeWeights } from '../../../core/bundle/weights.ts'
import { networkSpecSchema, type NetworkSpec, type NetworkSpecInput } from '../../../core/network/spec.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import { createRandom } from '../../../core/random.ts'
import { installedEngines } from '../create-engine.ts'
import type { EngineBundle } from '../engine.ts'
import { createWasmEngine } from '../wasm.ts'
import { graphNames } from '../../../onnx/graph-names.ts'
import { bundleGraph } from './bundle-graph.ts'
import { hasWinograd } from './winograd-conv.ts'

const layers = (middle: NetworkSpecInput['layers'], pool: 'max' | 'average'): NetworkSpecInput['layers'] => [
  { kind: 'conv', name: 'first', filters: 64, kernelSize: 3 },
  ...middle,
  { kind: 'globalPool', mode: pool },
  { kind: 'dense', name: 'head', units: 7 },
]
const wide = (name: string, filters = 64): NetworkSpecInput['layers'][number] & { kind: 'conv' } => ({
  kind: 'conv',
  name,
  filters,
  kernelSize: 3,
})
const networks: [string, [number, number], NetworkSpecInput['layers']][] = [
  ['tiles that are whole', [16, 16], layers([wide('a')], 'max')],
  [
    'tiles that are not, on an image that is no square',
    [15, 10],
    layers([wide('a'), { kind: 'maxPool', poolSize: 2, stride: 2 }, wide('b', 80)], 'average'),
  ],
  [
    'pools that overlap',
    [11, 13],
    layers([wide('a'), { kind: 'maxPool', poolSize: 3, stride: 2 }, wide('b')], 'max'),
  ],
  [
    'residual branches, in either form',
    [9, 9],
    layers(
      [
        wide('a'),
        { kind: 'residual', layers: [wide('b'), { ...wide('c'), activation: 'linear' }] },
        { kind: 'residual', layers: [{ kind: 'conv', name: 'd', filters: 64, kernelSize: 1 }] },
      ],
      'max',
    ),
  ],
  [
    'depthwise layers and inverted residuals behind them',
    [12, 9],
    layers(
      [
        wide('a'),
        { kind: 'depthwise', name: 'b', stride: 2 },
        {
          kind: 'residual',
          layers: [wide('c', 72), { kind: 'depthwise', name: 'd' }, { ...wide('e'), activation: 'linear' }],
        },
      ],
      'average',
    ),
  ],
  [
    'convolutions of other kinds in between',
    [12, 12],
    layers(
      [
        wide('a'),
        { kind: 'conv', name: 'b', filters: 64, kernelSize: 3, stride: 2 },
        wide('c'),
        { kind: 'conv', name: 'd', filters: 64, kernelSize: 3, padding: 'valid' },
        wide('e'),
      ],
      'average',
    ),
  ],
]

function randomBundle(spec: NetworkSpec, random: ReturnType<typeof createRandom>): EngineBundle {
  const network = (of: NetworkSpec): { spec: NetworkSpec; blob: Uint8Array } => ({
    spec: of,
    blob: encodeWeights(
      of,
      planNetwork(of).tensors.map(({ name, shape, size }) => {
        const scale = Math.sqrt(2 / (size / (shape.at(-1) ?? 1)))
        return { name, shape, values: Float32Array.from({ length: size }, () => random.normal() * scale) }
      }),
    ),
  })
  const encoder = networkSpecSchema.parse({
    inputShape: [planNetwork(spec).shapes.at(-2)?.[0]],
    layers: [{ kind: 'dense', name: 'code', units: 3 }],
  })
  return { id: 'random', full: network(spec), encoder: { ...network(encoder), trunk: 'full' } }
}

// Both forms of the graph against tfjs, on networks that the samples of the behaviour suite are too narrow
// for.
if (installedEngines().includes('onnxruntime')) {
  it.each(networks)(
    'computes the same in matrix products over a batch: %s',
    async (_name, [height, width], specLayers) => {
      const { InferenceSession, Tensor } = await import('onnxruntime-node')
      const spec = networkSpecSchema.parse({ inputShape: [height, width, 3], layers: specLayers })
      expect(hasWinograd(spec)).toBe(true)
      const random = createRandom(3)
      const bundle = randomBundle(spec, random)
      const wasm = await createWasmEngine()
      await wasm.load(bundle)
      for (const count of [1, 3, 16]) {
        const frames = Float32Array.from({ length: count * height * width * 3 }, () => random.normal())
        const expected = await wasm.run({ bundleId: 'random', frames, count })
        for (const isForBatches of [false, true]) {
          const session = await InferenceSession.create(bundleGraph(bundle, { isForBatches }))
          const found = await session.run({
            [graphNames.frames]: new Tensor('float32', frames, [count, height, width, 3]),
          })
          for (const [name, theirs, classes] of [
            [graphNames.logits, expected.logits, 7],
            [graphNames.codeLogits, expected.codeLogits, 3],
          ] as const) {
            const ours = found[name]?.data as Float32Array
            expect(ours).toHaveLength(theirs.length)
            for (let row = 0; row < count; row++) {
              const probabilities = softmax(theirs.subarray(row * classes, (row + 1) * classes))
              for (const [index, value] of softmax(
                ours.subarray(row * classes, (row + 1) * classes),
              ).entries())
                expect(Math.abs(value - (probabilities[index] ?? NaN))).toBeLessThan(1e-4)
            }
          }
          await session.release()
        }
      }
      await wasm.close()
    },
  )
}
