import { applyDelta, encodeDelta, type DeltaSpec } from '../../core/bundle/delta.ts'
import { foldedAffine } from '../kernels/batch-norm.ts'
import { inferenceSpec } from './fold.ts'
import { headScale, parameterLayout, trainedLayers, type Architecture } from './architecture.ts'
import type { ShippedNetwork, TrainedNetwork } from './ship-network.ts'

/**
 * The generator: code → the parameters of a partition, as a difference from the generalist. It is linear in
 * the code, G(c) = Σ_k c_k θ_k, with θ_k the gains, shifts and head of partition k; a partition is G at a
 * vertex of the simplex, so each θ_k is trained on the images of its region and ships as it is.
 */

/** Every trained layer differs; the whitening convolution is the same in all. */
export const deltaSpec = (architecture: Architecture): DeltaSpec => ({
  layers: [...trainedLayers(architecture), { name: 'head' }].map(({ name }) => ({ name })),
})

type Parameters = ReadonlyMap<string, Float32Array>

function parametersOf(architecture: Architecture, vector: Float32Array): Parameters {
  return new Map(
    parameterLayout(architecture).parameters.map(({ name, offset, size }) => [
      name,
      vector.subarray(offset, offset + size),
    ]),
  )
}

function foldedScales(parameters: Parameters, layer: string): { scale: Float32Array; offset: Float32Array } {
  const at = (field: string): Float32Array => parameters.get(`${layer}/${field}`)!
  const folded = Array.from(at('gain'), (gain, output) =>
    foldedAffine(at('mean')[output]!, at('variance')[output]!, gain, at('shift')[output]!),
  )
  return {
    scale: Float32Array.from(folded, ({ scale }) => scale),
    offset: Float32Array.from(folded, ({ offset }) => offset),
  }
}

/**
 * A trained difference as it ships. The generalist's kernels are K·s with s its folded norm; the partition's
 * are K·s′: a factor s′/s an output channel.
 */
export function shipDelta(
  generalist: TrainedNetwork,
  trained: { readonly architecture: Architecture; readonly vector: Float32Array },
): ShippedNetwork {
  const spec = deltaSpec(trained.architecture)
  const base = parametersOf(generalist.architecture, generalist.vector)
  const own = parametersOf(trained.architecture, trained.vector)
  const scale = headScale(trained.architecture)
  const fields = new Map<string, Float32Array>([
    ['head/kernel', own.get('head/kernel')!.map((value) => value * scale)],
    ['head/bias', own.get('head/bias')!],
  ])
  for (const { name } of trainedLayers(trained.architecture)) {
    const before = foldedScales(base, name)
    const after = foldedScales(own, name)
    fields.set(
      `${name}/scale`,
      after.scale.map((value, output) => value / before.scale[output]!),
    )
    fields.set(`${name}/bias`, after.offset)
  }
  const shipped = inferenceSpec(trained.architecture)
  const blob = encodeDelta(shipped, spec, fields)
  return { spec: shipped, blob, weights: applyDelta(shipped, spec, generalist.weights, blob) }
}
