import { join } from 'node:path'
import { generalistId } from '../../../core/gate/gate.ts'
import { fullId } from '../../../core/gate/answer-table.ts'
import { edgeSceneAccuracy } from '../../../core/gate/simulate-edge-scene.ts'
import { createRandom } from '../../../core/random.ts'
import { imageStream, isDrawable } from '../../calibration/image-stream.ts'
import { trainedSettings } from '../../config/schema.ts'
import { dataIdentity } from '../../data/data-identity.ts'
import { measureInput, splitCount } from '../../data/dataset.ts'
import { startTrainingBackend } from '../../kernels/register.ts'
import { initialise } from '../../models/architecture.ts'
import { predictImages } from '../../models/predict.ts'
import { separableDefaults } from '../../models/separable.ts'
import type { TrainedNetwork } from '../../models/ship-network.ts'
import { partitionSize, sizedArchitecture, type NetworkSize } from '../../models/sized-architecture.ts'
import { whiteningFilters } from '../../models/whitening.ts'
import { createTeacher } from '../../parallel/ask-teacher.ts'
import type { Teacher } from '../../parallel/job.ts'
import { RunFolder } from '../../run/run-folder.ts'
import type { SeriesRequest } from '../series-request.ts'
import { trainFull } from '../../stages/1-full.ts'
import { trainGeneralist } from '../../stages/2-generalist.ts'
import { lessonsOf } from '../../stages/4-partitions.ts'
import { partitionId } from '../../models/partition-id.ts'
import { calibrate } from '../../stages/5-calibrate.ts'
import { toldAccuracy } from '../../stages/told-accuracy.ts'
import { accuracyOf, answerSplit, answerTable, type SplitAnswers } from '../../stages/answers.ts'
import type { TrainedNetworks } from '../../models/trained-networks.ts'
import { deltaId } from '../../models/partition-id.ts'
import type { StageContext } from '../../stages/context.ts'
import { controlAccuracy, trainHeadControls } from '../../stages/head-controls.ts'
import { headShares, imagesOfHead } from '../../stages/region-images.ts'
import { trainNetwork } from '../../stages/train-network.ts'
import { trainOnSharedAnswers } from '../../stages/train-on-shared-answers.ts'

export interface ControlsRequest extends Omit<SeriesRequest, 'fullFrom'> {
  /** Finished run whose networks are taken over. */
  readonly from: string
}

/**
 * Shares of the validation images of one region that each answers rightly, each class as often as it is seen.
 */
export interface ControlRow {
  readonly region: string
  readonly generalist: number
  /** The generalist that is told the region, and the same with a head that was trained anew on it. */
  readonly told: number
  readonly head: number | undefined
  readonly delta: number | undefined
  readonly partition: number
  /** A partition that did not start from the generalist, trained for as many epochs. */
  readonly scratch: number
  /** One network of all classes with the bytes of all that a phone holds, told the region. */
  readonly wideTold: number
  readonly fullTold: number
}

export interface Controls {
  readonly rows: readonly ControlRow[]
  /** Of the one wide network. */
  readonly wideSize: NetworkSize
  /**
   * In streams of places, the generalist and the full model with a scene prior that they feed themselves:
   * right on so many frames. Absent where the data knows no places.
   */
  readonly estimated: { readonly generalist: number; readonly full: number } | undefined
}

/** Weights grow with the square of the width; channels come in fours, which the kernels are made for. */
export function widthsOfBytes(
  widths: readonly [number, number, number],
  times: number,
): [number, number, number] {
  const wider = (width: number): number => Math.max(4, Math.round((width * Math.sqrt(times)) / 4) * 4)
  return [wider(widths[0]), wider(widths[1]), wider(widths[2])]
}

/** A network of `times` as many weights, of the same family. */
function sizeOfBytes(size: NetworkSize, times: number): NetworkSize {
  const width = (size.width ?? separableDefaults.width) * Math.sqrt(times)
  return { ...size, widths: widthsOfBytes(size.widths, times), width }
}

/**
 * Each partition once more, from fresh parameters instead of the generalist's. In the order of the
 * partitions.
 */
async function trainFromScratch(
  context: StageContext,
  teacher: Teacher,
  { partitions }: TrainedNetworks,
): Promise<TrainedNetwork[]> {
  const { config, dataset, input } = context
  const trained: TrainedNetwork[] = []
  for (const [index, { head, name }] of partitions.entries()) {
    if (head === undefined) continue
    const random = createRandom(config.seed).fork(`scratch-${index}`)
    const architecture = sizedArchitecture(partitionSize(config), {
      size: dataset.size,
      classes: head.classIndices.length + 1,
    })
    trained.push(
      await trainNetwork(context, {
        name: `${partitionId(index)}-scratch`,
        architecture,
        initial: initialise(architecture, whiteningFilters(dataset.train.pixels, input, random), random),
        ...lessonsOf(
          context,
          { name, classIndices: head.classIndices, shares: headShares(head).shares },
          index,
        ),
        teacher,
        // The peak of a network that starts from nothing, for the passes of one that does not.
        settings: {
          ...config.partition,
          optimizer: {
            ...config.partition.optimizer,
            learningRate: config.generalist.optimizer.learningRate,
            schedule: config.generalist.optimizer.schedule,
          },
        },
        seed: config.seed + 2 + index,
      }),
    )
  }
  return trained
}

/** What a scene prior that nobody tells anything makes of the generalist and of the full model. */
function estimatedPrior(
  context: StageContext,
  networks: TrainedNetworks,
  answers: SplitAnswers,
): Controls['estimated'] {
  const { config } = context
  const [prior] = config.gate.scenePriors
  if (prior === undefined || !isDrawable(context, 'places')) return undefined
  const calibration = calibrate(context, networks, answers)
  const plan = { kind: 'places', meanLength: 100, frames: config.gate.streamFrames } as const
  const images = imageStream(context, answers.labels, plan, 'controls')
  const { temperatures, scenes } = calibration
  // As if the generalist were the edge's network, at its own temperature.
  const small: SplitAnswers = { ...answers, full: answers.networks.get(generalistId)! }
  const cooled = new Map([...temperatures, [fullId, temperatures.get(generalistId) ?? 1]])
  const right = (of: SplitAnswers, at: ReadonlyMap<string, number>): number =>
    edgeSceneAccuracy(images, answerTable(of, { ...calibration, temperatures: at }), prior, scenes)
  return { generalist: right(small, cooled), full: right(answers, temperatures) }
}

/**
 * The controls of a finished run, side by side for each region, on validation images: what the generalist,
 * the same with more knowledge, and other networks of a partition's or a cache's bytes would have done.
 * Trains what the run lacks. Stopped at any time, the same call goes on where it was.
 */
export async function runControls(
  signal: AbortSignal,
  { preset, data, config, dataset, folder, from, progress }: ControlsRequest,
): Promise<Controls> {
  await startTrainingBackend()
  const input = measureInput(dataset.train, dataset.size)
  const identity = { dataset: preset, data, config: trainedSettings(config), ...dataIdentity(dataset) }
  const run = await RunFolder.openOrResume(join(folder, 'controls'), identity)
  const partitionIds = Array.from({ length: config.partitionCount }, (_, index) => partitionId(index))
  const deltas = config.delta.isTrained ? partitionIds.map((_, index) => deltaId(index)) : []
  for (const name of ['full', 'generalist', 'encoder', ...partitionIds, ...deltas])
    await run.takeCheckpoint(from, `${name}.bin`)
  const context: StageContext = { signal, config, dataset, input, run, progress }
  const teacher = createTeacher(
    await trainFull(context),
    splitCount(dataset.train),
    dataset.classNames.length,
  )
  const networks = await trainOnSharedAnswers(context, { teacher })
  const scratch = await trainFromScratch(context, teacher, networks)
  const wideSize = sizeOfBytes(config.generalist, 1 + config.gate.cacheEntries)
  const wide = await trainGeneralist(context, teacher, { name: 'wide', size: wideSize })

  const { validation } = dataset
  const answers = answerSplit(context, networks, validation, 'validation')
  const heads = trainHeadControls(context, networks)
  const generalist = answers.networks.get(generalistId)!
  const wideAnswers = predictImages(wide, validation, input)
  const { labels } = answers
  const rows = networks.partitions.flatMap(({ name, head }, index): ControlRow[] => {
    if (head === undefined) return []
    const { inside } = imagesOfHead(head, labels)
    const { shares } = headShares(head)
    const shareOf = new Map(head.classIndices.map((of, output) => [of, shares[output]!] as const))
    const [control, delta] = [heads[index], answers.networks.get(deltaId(index))]
    return [
      {
        region: name,
        generalist: accuracyOf(generalist, labels, inside),
        told: toldAccuracy(generalist, labels, inside, shareOf),
        head: control === undefined ? undefined : controlAccuracy(control, generalist, head, labels, inside),
        delta: delta === undefined ? undefined : accuracyOf(delta, labels, inside, head),
        partition: accuracyOf(answers.networks.get(partitionId(index))!, labels, inside, head),
        scratch: accuracyOf(predictImages(scratch[index]!, validation, input), labels, inside, head),
        wideTold: toldAccuracy(wideAnswers, labels, inside, shareOf),
        fullTold: toldAccuracy(answers.full, labels, inside, shareOf),
      },
    ]
  })
  return { rows, wideSize, estimated: estimatedPrior(context, networks, answers) }
}
