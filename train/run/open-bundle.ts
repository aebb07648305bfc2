import type { ClassPictures } from '../../core/bundle/class-pictures.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { placesOfScenes } from '../../core/streams/places-of-scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { restoreConfig } from '../config/resolve-config.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { askFullGraph } from '../full/ask-full-graph.ts'
import { isFullGraph } from '../full/full-graph.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { readBundle } from '../models/read-bundle.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { EvaluationContext } from '../stages/context.ts'
import { dataDifferences } from './data-differences.ts'
import type { Progress } from './progress.ts'

/** A finished bundle, its networks as they ship, and the data that it was trained on. */
export interface OpenBundle {
  readonly manifest: Manifest
  readonly networks: TrainedNetworks
  readonly classPictures: ClassPictures | undefined
  readonly context: EvaluationContext
}

/**
 * Throws `dataset-invalid` where the data are known to be others.
 *
 * @param data folder of the data; undefined for those that need none
 * @param assignments over the bundle's own settings
 */
export async function openBundle(
  folder: string,
  data: string | undefined,
  progress: Progress,
  assignments: readonly string[] = [],
): Promise<OpenBundle> {
  const { manifest, networks, classPictures } = await readBundle(folder)
  if (manifest.partitions.some(({ learned }) => learned !== undefined)) {
    throw new CacheNetError(
      'config-invalid',
      `An edge learned places for the bundle in ${folder}, of which training has no images. Forget them first, or take the bundle as it was trained.`,
      { folder },
    )
  }
  const config = restoreConfig(manifest.training.config, assignments)
  const dataset = await loadDataset(manifest.dataset.kind, data, config, progress)
  const { classNames, scenes } = manifest
  const { digest } = manifest.dataset
  // Bundles that do not know their images may have places that were drawn.
  const isKnown = digest !== undefined && scenes !== undefined
  const places = isKnown ? (placesOfScenes(scenes, classNames) ?? null) : undefined
  const differences = dataDifferences(
    { classNames, digest, places },
    { ...dataset, places: dataset.places ?? null },
  )
  if (differences.length > 0) {
    throw new CacheNetError(
      'dataset-invalid',
      `These are not the data that the bundle in ${folder} was trained on. ${differences.join(' ')} Name the folder of then with --data; nothing was changed.`,
      { folder, differences },
    )
  }
  if (isFullGraph(networks.full)) await askFullGraph({ full: networks.full, dataset, progress })
  await startTrainingBackend()
  return { manifest, networks, classPictures, context: { config, dataset, input: manifest.input, progress } }
}
