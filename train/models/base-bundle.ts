import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { isFullGraph } from '../full/full-graph.ts'
import { whiteningChannels, type PlainArchitecture } from './architecture.ts'
import { inferenceSpec } from './fold.ts'
import { readBundle } from './read-bundle.ts'
import type { FullModel, ShippedNetwork } from './ship-network.ts'

/** A network of a base, and the sizes that another must have to begin with its trunk. */
export interface BaseNetwork {
  readonly network: ShippedNetwork
  readonly architecture: PlainArchitecture
}

/** A finished bundle that a training begins with: the trunks of its full model and of its generalist. */
export interface BaseBundle {
  readonly id: string
  /** Which weights they are: SHA-256 of both blobs. */
  readonly sha256: { readonly full: string; readonly generalist: string }
  /** What its networks read: the mean and deviation of its own training images. */
  readonly input: ModelInput
  readonly full: BaseNetwork
  readonly generalist: BaseNetwork
}

/** Sizes of a network of the plain family, whose trunks others can begin with; undefined for any other. */
export function architectureOf(spec: NetworkSpec): PlainArchitecture | undefined {
  const convs = spec.layers.flatMap((layer) => (layer.kind === 'conv' ? [layer.filters] : []))
  const head = spec.layers.at(-1)
  const [whitened, first, , second, , third] = convs
  if (whitened !== whiteningChannels || first === undefined || second === undefined || third === undefined)
    return undefined
  if (head?.kind !== 'dense') return undefined
  const architecture: PlainArchitecture = {
    size: spec.inputShape[0],
    widths: [first, second, third],
    classes: head.units,
  }
  return JSON.stringify(inferenceSpec(architecture)) === JSON.stringify(spec) ? architecture : undefined
}

const hasBundle = (folder: string): Promise<boolean> =>
  stat(join(folder, 'manifest.json')).then(
    () => true,
    () => false,
  )

/**
 * Reads the bundle that a training is to begin with, by its folder or by its id. Throws `config-invalid`
 * where there is none, or where its networks are none that training knows; `blob-…` for what is wrong with
 * it.
 *
 * @param bundles folder in which ids are looked up
 */
export async function readBase(from: string, bundles: string): Promise<BaseBundle> {
  const folder = (await hasBundle(from)) ? from : join(bundles, from)
  if (!(await hasBundle(folder)))
    throw new CacheNetError(
      'config-invalid',
      `There is no bundle ${from} to begin with: neither ${from} nor ${folder} has a manifest.json. --from names a bundle's folder or its id, --from none begins from scratch.`,
      { from },
    )
  const { manifest, networks } = await readBundle(folder)
  const read = (network: FullModel, name: string): BaseNetwork => {
    const architecture = isFullGraph(network) ? undefined : architectureOf(network.spec)
    if (architecture !== undefined && !isFullGraph(network)) return { network, architecture }
    throw new CacheNetError(
      'config-invalid',
      `The ${name} of the bundle ${manifest.id} is no network that training can begin with. Take another with --from, or --from none.`,
      { from },
    )
  }
  return {
    id: manifest.id,
    sha256: { full: manifest.full.whole.sha256, generalist: manifest.generalist.whole.sha256 },
    input: manifest.input,
    full: read(networks.full, 'full model'),
    generalist: read(networks.generalist, 'generalist'),
  }
}
