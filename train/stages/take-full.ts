import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'
import { isFullGraph } from '../full/full-graph.ts'
import { inferenceSpec, unfoldNetwork } from '../models/fold.ts'
import { readBundle } from '../models/read-bundle.ts'
import { finishedStep, writeCheckpoint } from '../run/checkpoint.ts'
import { dataDifferences } from '../run/data-differences.ts'
import { readIdentity } from '../run/run-folder.ts'
import { fullArchitecture } from './1-full.ts'
import type { StageContext } from './context.ts'

/**
 * Means and deviations of the pixels nearer than this are of the same images, read by another decoder at
 * most.
 */
const sameInput = 1e-3

/**
 * Lets a run have the full model of another run (its folder, finished or not) or of a bundle (its folder),
 * instead of training one. Throws `checkpoint-invalid` where a run has none, `config-invalid` where it is of
 * other classes, or a bundle's of other sizes or images.
 */
export async function takeFull(
  context: Pick<StageContext, 'config' | 'dataset' | 'input' | 'run'>,
  from: string,
): Promise<void> {
  const isBundle = await stat(join(from, 'manifest.json')).then(
    () => true,
    () => false,
  )
  if (!isBundle) {
    // Other images may be meant, such as those of another seed; other classes under the same outputs never
    // are.
    const [difference] = dataDifferences(
      { classNames: (await readIdentity(from))?.classNames },
      { classNames: context.dataset.classNames },
    )
    if (difference !== undefined)
      throw new CacheNetError(
        'config-invalid',
        `The full model of the run in ${from} does not fit. ${difference}`,
        { path: from },
      )
    return context.run.takeCheckpoint(from, 'full.bin')
  }
  const { manifest, networks } = await readBundle(from)
  const architecture = fullArchitecture(context)
  const refuse = (why: string): never => {
    throw new CacheNetError(
      'config-invalid',
      `The full model of the bundle in ${from} does not fit: ${why}.`,
      { path: from },
    )
  }
  const { full } = networks
  if (isFullGraph(full))
    return refuse('somebody brought it as an ONNX file. Bring that file again with --full')
  if (manifest.classNames.join() !== context.dataset.classNames.join())
    refuse(`its classes are ${manifest.classNames.join(', ')}`)
  if (JSON.stringify(full.spec) !== JSON.stringify(inferenceSpec(architecture)))
    refuse('it has another size than the settings of full and imageSize say')
  const normalisation = ({ mean, std }: StageContext['input']): number[] => [...mean, ...std]
  const own = normalisation(context.input)
  if (normalisation(manifest.input).some((value, index) => Math.abs(value - own[index]!) > sameInput))
    refuse('it was trained on other images')
  const vector = unfoldNetwork(architecture, full.weights)
  await writeCheckpoint(context.run.checkpointPath('full.bin'), finishedStep, [
    vector,
    new Float32Array(vector.length),
    vector,
  ])
}
