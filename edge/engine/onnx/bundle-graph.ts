import onnxProto from 'onnx-proto'
import { decodeWeights } from '../../../core/bundle/weights.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import type { EngineBundle } from '../engine.ts'
import { attribute } from './attribute.ts'
import { networkNodes } from './network-nodes.ts'

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
 * The full model and the encoder of a bundle as one ONNX model, so that one call answers a frame and encodes it: the encoder
 * reads the full model's features inside the graph. Frames go in as they lie in memory, [batch, height, width, 3], and are
 * turned once at the start. Throws `blob-truncated` where a blob does not fit its network.
 */
export function bundleGraph({ full, encoder }: EngineBundle): Uint8Array {
  const turn = { opType: 'Transpose', name: 'turn', input: [graphNames.frames], output: ['turned'], attribute: [attribute('perm', [0, 3, 1, 2])] }
  const answer = networkNodes('full', full.spec, decodeWeights(full.spec, full.blob), 'turned')
  const code =
    encoder === undefined
      ? undefined
      : networkNodes('encoder', encoder.spec, decodeWeights(encoder.spec, encoder.blob), encoder.trunk === 'full' ? answer.features : 'turned')
  const named = (name: string, value: string): onnxProto.onnx.INodeProto => ({ opType: 'Identity', name, input: [value], output: [name] })
  const graph: onnxProto.onnx.IGraphProto = {
    name: 'bundle',
    node: [
      turn,
      ...answer.nodes,
      named(graphNames.logits, answer.output),
      ...(code === undefined ? [] : [...code.nodes, named(graphNames.codeLogits, code.output)]),
    ],
    initializer: [...answer.initializers, ...(code?.initializers ?? [])],
    input: [floats(graphNames.frames, full.spec.inputShape)],
    output: [
      floats(graphNames.logits, planNetwork(full.spec).outputShape),
      ...(encoder === undefined ? [] : [floats(graphNames.codeLogits, planNetwork(encoder.spec).outputShape)]),
    ],
  }
  const model = { irVersion, opsetImport: [{ domain: '', version: opset }], producerName: 'cachenet', graph }
  return onnxProto.onnx.ModelProto.encode(model).finish()
}
