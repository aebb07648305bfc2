import onnxProto from 'onnx-proto'
import { isGraph, type GraphSpec } from '../../../core/bundle/full-network.ts'
import { decodeWeights } from '../../../core/bundle/weights.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import { createGraphBuilder } from '../../../onnx/graph-builder.ts'
import { graphNames } from '../../../onnx/graph-names.ts'
import { namedValue } from '../../../onnx/named-value.ts'
import { requireSelfContained } from '../../../onnx/require-self-contained.ts'
import { floatValue } from '../../../onnx/value-info.ts'
import type { EngineBundle, EngineNetwork } from '../engine.ts'
import type { LaidOut } from './layout.ts'
import { networkNodes, type NetworkNodesOptions } from './network-nodes.ts'

/** Of July 2022; runtimes read older operator sets for ever. */
const opset = 17
const irVersion = 8

/**
 * The full model and the encoder of a bundle as one ONNX model, so that one call answers a frame and encodes
 * it: the encoder reads the full model's features inside the graph. Frames go in as they lie in memory,
 * [batch, height, width, 3], and are turned once at the start. Throws `blob-truncated` where a blob does not
 * fit its network.
 */
export function bundleGraph({ full, encoder }: EngineBundle, options: NetworkNodesOptions): Uint8Array {
  const { spec, blob } = full
  return isGraph(spec) ? broughtGraph(spec, blob, encoder) : ownGraph({ spec, blob }, encoder, options)
}

/** A full model that somebody brought, with the encoder behind its features. */
function broughtGraph(
  { features, isBatched }: GraphSpec,
  blob: Uint8Array,
  encoder: EngineBundle['encoder'],
): Uint8Array {
  const model = requireSelfContained(blob)
  if (encoder === undefined) return blob
  const builder = createGraphBuilder('cachenet/encoder')
  const input: LaidOut = { name: graphNames.features, layout: 'channels-first', shape: [features] }
  const code = networkNodes(builder, encoder.spec, decodeWeights(encoder.spec, encoder.blob), input, {
    isForBatches: false,
  })
  const { graph } = model
  return onnxProto.onnx.ModelProto.encode({
    ...model,
    graph: {
      ...graph,
      node: [...(graph?.node ?? []), ...builder.nodes, namedValue(graphNames.codeLogits, code.output.name)],
      initializer: [...(graph?.initializer ?? []), ...builder.initializers],
      output: [
        ...(graph?.output ?? []),
        floatValue(graphNames.codeLogits, planNetwork(encoder.spec).outputShape, isBatched ? undefined : 1),
      ],
    },
  }).finish()
}

function ownGraph(
  full: EngineNetwork,
  encoder: EngineBundle['encoder'],
  options: NetworkNodesOptions,
): Uint8Array {
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
  const graph: onnxProto.onnx.IGraphProto = {
    name: 'bundle',
    node: [
      ...builders.flatMap(({ nodes }) => nodes),
      namedValue(graphNames.logits, answer.output.name),
      ...(code === undefined ? [] : [namedValue(graphNames.codeLogits, code.output.name)]),
    ],
    initializer: builders.flatMap(({ initializers }) => initializers),
    input: [floatValue(graphNames.frames, full.spec.inputShape)],
    output: [
      floatValue(graphNames.logits, planNetwork(full.spec).outputShape),
      ...(encoder === undefined
        ? []
        : [floatValue(graphNames.codeLogits, planNetwork(encoder.spec).outputShape)]),
    ],
  }
  const model = { irVersion, opsetImport: [{ domain: '', version: opset }], producerName: 'cachenet', graph }
  return onnxProto.onnx.ModelProto.encode(model).finish()
}
