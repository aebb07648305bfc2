import onnxProto from 'onnx-proto'
import { decodeWeights } from '../../../core/bundle/weights.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import type { EngineBundle } from '../engine.ts'
import { createGraphBuilder } from './graph-builder.ts'
import type { LaidOut } from './layout.ts'
import { networkNodes, type NetworkNodesOptions } from './network-nodes.ts'

/** Names of the graph's values that a caller feeds and fetches. */
export const graphNames = { frames: 'frames', logits: 'logits', codeLogits: 'codeLogits' } as const

/** Of July 2022; runtimes read older operator sets for ever. */
const opset = 17
const irVersion = 8

const { DataType } = onnxProto.onnx.TensorProto

function floats(name: string, shape: readonly number[]): onnxProto.onnx.IValueInfoProto {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))]
  return { name, type: { tensorType: { elemType: DataType.FLOAT, shape: { dim } } } }
}

/**
 * The full model and the encoder of a bundle as one ONNX model, so that one call answers a frame and encodes
 * it: the encoder reads the full model's features inside the graph. Frames go in as they lie in memory,
 * [batch, height, width, 3], and are turned once at the start. Throws `blob-truncated` where a blob does not
 * fit its network.
 */
export function bundleGraph({ full, encoder }: EngineBundle, options: NetworkNodesOptions): Uint8Array {
  const builders = [createGraphBuilder('full'), createGraphBuilder('encoder')] as const
  const turned = builders[0].transpose(graphNames.frames, [0, 3, 1, 2])
  const image: LaidOut = { name: turned, layout: 'channels-first', shape: full.spec.inputShape }
  const answer = networkNodes(builders[0], full.spec, decodeWeights(full.spec, full.blob), image, options)
  const code =
    encoder === undefined
      ? undefined
      : networkNodes(
          builders[1],
          encoder.spec,
          decodeWeights(encoder.spec, encoder.blob),
          encoder.trunk === 'full' ? answer.features : image,
          options,
        )
  const named = (name: string, value: LaidOut): onnxProto.onnx.INodeProto => ({
    opType: 'Identity',
    name,
    input: [value.name],
    output: [name],
  })
  const graph: onnxProto.onnx.IGraphProto = {
    name: 'bundle',
    node: [
      ...builders.flatMap(({ nodes }) => nodes),
      named(graphNames.logits, answer.output),
      ...(code === undefined ? [] : [named(graphNames.codeLogits, code.output)]),
    ],
    initializer: builders.flatMap(({ initializers }) => initializers),
    input: [floats(graphNames.frames, full.spec.inputShape)],
    output: [
      floats(graphNames.logits, planNetwork(full.spec).outputShape),
      ...(encoder === undefined
        ? []
        : [floats(graphNames.codeLogits, planNetwork(encoder.spec).outputShape)]),
    ],
  }
  const model = { irVersion, opsetImport: [{ domain: '', version: opset }], producerName: 'cachenet', graph }
  return onnxProto.onnx.ModelProto.encode(model).finish()
}
