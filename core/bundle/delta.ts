import { planNetwork } from '../network/plan.ts'
import type { NetworkSpec } from '../network/spec.ts'
import type { BranchLayer, Layer } from '../network/layer.ts'
import { CacheNetError } from '../wire/errors.ts'
import { readFloat16, writeFloat16 } from './float16.ts'
import { requireWeights, type NamedTensor } from './weights.ts'

/**
 * Which layers of a partition differ from the generalist's. A listed convolution, depthwise or not, differs
 * by a factor and a bias an output channel; a listed dense layer is replaced. Others are the generalist's.
 */
export interface DeltaSpec {
  readonly layers: readonly { readonly name: string }[]
}

/** One field of a delta's blob: `layer/scale`, `layer/bias` or `layer/kernel`. */
export interface DeltaField {
  readonly name: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
}

type NamedLayer = BranchLayer | Extract<Layer, { kind: 'dense' }>

const isNamed = (layer: Layer): layer is NamedLayer =>
  layer.kind === 'conv' || layer.kind === 'depthwise' || layer.kind === 'dense'

const namedLayers = (spec: NetworkSpec): NamedLayer[] =>
  spec.layers.flatMap((layer) => (layer.kind === 'residual' ? layer.layers : [layer])).filter(isNamed)

/**
 * Fields of a delta in the order in which its blob holds them. Throws `manifest-invalid` where the network
 * has no such layer.
 */
export function planDelta(spec: NetworkSpec, delta: DeltaSpec): { fields: DeltaField[]; values: number } {
  const kernels = new Map(planNetwork(spec).tensors.map(({ name, shape }) => [name, shape]))
  const layers = new Map(namedLayers(spec).map((layer) => [layer.name, layer]))
  const fields: DeltaField[] = []
  let values = 0
  const add = (name: string, shape: readonly number[]): void => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    fields.push({ name, shape, offset: values, size })
    values += size
  }
  for (const { name } of delta.layers) {
    const layer = layers.get(name)
    const shape = kernels.get(`${name}/kernel`)
    if (layer === undefined || shape === undefined)
      throw new CacheNetError(
        'manifest-invalid',
        `The delta names a layer that the network has not: ${name}.`,
        { name },
      )
    const outputs = shape.at(-1) ?? 0
    if (layer.kind === 'dense') add(`${name}/kernel`, shape)
    else add(`${name}/scale`, [outputs])
    add(`${name}/bias`, [outputs])
  }
  return { fields, values }
}

const bytesPerValue = 2

/** Bytes of a delta's blob: its values as half floats, little endian, nothing else. */
export const deltaBlobBytes = (spec: NetworkSpec, delta: DeltaSpec): number =>
  planDelta(spec, delta).values * bytesPerValue

/**
 * Writes a delta as a blob; `values` by field name, as `planDelta` names them. Throws `manifest-invalid` for
 * what does not fit, `weights-not-finite` for what is no number.
 */
export function encodeDelta(
  spec: NetworkSpec,
  delta: DeltaSpec,
  values: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const plan = planDelta(spec, delta)
  const blob = new Uint8Array(plan.values * bytesPerValue)
  for (const { name, offset, size } of plan.fields) {
    const field = values.get(name)
    if (field?.length !== size)
      throw new CacheNetError('manifest-invalid', `The delta's ${name} does not fit the network.`, {
        name,
        expected: size,
        found: field?.length ?? 0,
      })
    requireWeights(name, field)
    writeFloat16(blob, offset, field)
  }
  return blob
}

/** kernel · scale, [inputs, outputs] in rows. */
function scaleKernel(base: Float32Array, scale: Float32Array): Float32Array {
  const outputs = scale.length
  return base.map((value, at) => value * (scale[at % outputs] ?? 1))
}

/**
 * The whole weights of a partition from the generalist's and a delta. Throws `blob-truncated` where the blob
 * has another length than the delta needs, `weights-not-finite` where its values are not finite.
 *
 * @param spec of the partition: the generalist's but for the outputs of its head
 */
export function applyDelta(
  spec: NetworkSpec,
  delta: DeltaSpec,
  base: readonly NamedTensor[],
  blob: Uint8Array,
): NamedTensor[] {
  const plan = planDelta(spec, delta)
  const expectedBytes = plan.values * bytesPerValue
  if (blob.byteLength !== expectedBytes) {
    throw new CacheNetError('blob-truncated', 'The delta has another length than its network needs.', {
      expectedBytes,
      foundBytes: blob.byteLength,
    })
  }
  const shapes = new Map(plan.fields.map(({ name, shape }) => [name, shape]))
  const values = new Map(
    plan.fields.map(({ name, offset, size }) => {
      const field = readFloat16(blob, offset, size)
      requireWeights(name, field)
      return [name, field]
    }),
  )
  return base.map((tensor) => {
    const replaced = values.get(tensor.name)
    if (replaced !== undefined)
      return { ...tensor, shape: shapes.get(tensor.name) ?? tensor.shape, values: replaced }
    const layer = tensor.name.slice(0, tensor.name.lastIndexOf('/'))
    const scale = tensor.name.endsWith('/kernel') ? values.get(`${layer}/scale`) : undefined
    if (scale === undefined) return tensor
    return {
      ...tensor,
      values: scaleKernel(tensor.values, scale),
    }
  })
}
