import { fullInputOf } from '../../../core/bundle/manifest-networks.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { PixelSize } from '../../../core/image/pixel-size.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import type { InferenceClient } from './in-page-engine.ts'
import { fitOf, fitOfPartition, headsOf } from './network-facts.ts'

/** What an engine is given to answer with. */
export interface OpenBundle {
  readonly manifest: Manifest
  readonly generalist: Uint8Array<ArrayBuffer>
  readonly maxPartitions: number
}

/** Gets the weights of a partition, in the form that it was resident in, for the memory of a new engine. */
export type ReloadPartition = (
  signal: AbortSignal,
  id: string,
  form: HeldPartition['form'],
) => Promise<Uint8Array<ArrayBuffer>>

/** What the full model on the edge reads, where it is another size than what the networks here read. */
function edgeInputOf(manifest: Manifest): PixelSize | undefined {
  const { input } = manifest
  const { width, height } = fullInputOf(manifest)
  return width === input.width && height === input.height ? undefined : { width, height }
}

/** Opens a bundle on an engine; what was in its memory is dropped. Rejects as the engine does. */
export async function openOnEngine(
  signal: AbortSignal,
  client: InferenceClient,
  { manifest, generalist, maxPartitions }: OpenBundle,
): Promise<void> {
  const { input, networks } = manifest
  await client.call(signal, {
    kind: 'open',
    spec: networks.generalist,
    partitionSpec: networks.partition,
    heads: headsOf(manifest),
    input,
    generalist: { weights: generalist, ...fitOf(manifest.generalist) },
    maxPartitions,
    delta: networks.delta,
    edgeInput: edgeInputOf(manifest),
  })
}

/**
 * Opens the bundle on a new engine and loads what is resident on the one before, in its order.
 *
 * @param held most recent first
 * @returns what is in memory now, most recent first
 */
export async function fillEngine(
  signal: AbortSignal,
  client: InferenceClient,
  bundle: OpenBundle,
  held: readonly HeldPartition[],
  reload: ReloadPartition,
): Promise<readonly HeldPartition[]> {
  await openOnEngine(signal, client, bundle)
  const loaded: HeldPartition[] = []
  for (const { id, form } of [...held].reverse()) {
    // One that cannot be had again is fetched when it is next needed.
    const weights = await reload(signal, id, form).catch(() => undefined)
    if (weights === undefined) continue
    await client.call(signal, {
      kind: 'load',
      id,
      weights,
      ...fitOfPartition(bundle.manifest, id, form),
      form,
    })
    loaded.unshift({ id, form })
  }
  return loaded
}
