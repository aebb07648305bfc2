import type { PartitionHead } from '../core/bundle/partition-head.ts'
import type { Manifest } from '../core/bundle/manifest.ts'
import { createRandom } from '../core/random.ts'
import type { SigningKey } from '../core/trust/sign-manifest.ts'
import { CacheNetError } from '../core/wire/errors.ts'
import type { NetworkStageSettings, OptimizerSettings } from './config/schema.ts'
import { splitCount } from './data/dataset.ts'
import { finishBundle } from './finish-bundle.ts'
import { isFullGraph } from './full/full-graph.ts'
import { teacherOfGraph } from './full/teacher-of-graph.ts'
import type { PlainArchitecture } from './models/architecture.ts'
import { architectureOf } from './models/base-bundle.ts'
import { partitionId } from './models/partition-id.ts'
import type { ShippedNetwork } from './models/ship-network.ts'
import { continueNetwork } from './models/start-from-base.ts'
import type { TrainedNetworks } from './models/trained-networks.ts'
import { createTeacher } from './parallel/ask-teacher.ts'
import type { Teacher } from './parallel/job.ts'
import { currentCommit } from './run/commit.ts'
import { dataIdentity } from './data/data-identity.ts'
import { openBundle } from './run/open-bundle.ts'
import type { Progress } from './run/progress.ts'
import { RunFolder } from './run/run-folder.ts'
import { allImages } from './stages/1-full.ts'
import { lessonsOf } from './stages/4-partitions.ts'
import type { StageContext } from './stages/context.ts'
import { outsidersOf } from './stages/outsiders.ts'
import { headShares } from './stages/region-images.ts'
import { trainNetwork, type NetworkToTrain } from './stages/train-network.ts'

export interface RefinementRequest {
  /** Folder of the bundle, and where the refined one goes: the same, as a rule. */
  readonly bundle: string
  readonly out: string
  readonly data: string | undefined
  /** Settings that differ from the bundle's own: of losses, gate and device. */
  readonly assignments: readonly string[]
  /** Passes over the images of each network. */
  readonly epochs: number
  /** Folder of the run; where there is one already it goes on. */
  readonly run: string
  /** As a person would type it. */
  readonly command: string
  readonly progress: Progress
  readonly signingKey?: SigningKey | undefined
}

/** A region of few images has few steps in a pass: so many at least. */
const leastSteps = 120
const batchSize = 256
/** Of what a partition is trained by: everything is known already but for what changed. */
const rateShare = 0.5

/** How a network that knows its task is trained on, the generalist as a partition. */
const settingsOf = (
  stage: Pick<NetworkStageSettings, 'loss' | 'cutoutPixels'>,
  optimizer: OptimizerSettings,
  epochs: number,
): NetworkToTrain['settings'] => ({
  ...stage,
  optimizer: {
    ...optimizer,
    epochs,
    leastSteps,
    batchSize,
    learningRate: optimizer.learningRate * rateShare,
  },
})

/** Throws `config-invalid` for a network that is not of the plain family. */
function requirePlain(network: ShippedNetwork, name: string): PlainArchitecture {
  const architecture = architectureOf(network.spec)
  if (architecture !== undefined) return architecture
  throw new CacheNetError(
    'config-invalid',
    `${name} is no network that can be trained on: plain ones can. Train the bundle anew (npm run train).`,
    { network: name },
  )
}

const teacherOf = ({ dataset, config }: StageContext, { full }: TrainedNetworks): Teacher =>
  isFullGraph(full)
    ? teacherOfGraph(full, dataset.train, config.augment.mirror)
    : createTeacher(full, splitCount(dataset.train), dataset.classNames.length)

/** The small networks of a bundle, trained on; full model and encoder as they are, deltas left out. */
async function trainOn(
  context: StageContext,
  networks: TrainedNetworks,
  epochs: number,
): Promise<TrainedNetworks> {
  const { config, dataset, input } = context
  const teacher = teacherOf(context, networks)
  const { optimizer } = config.partition
  const images = { pixels: dataset.train.pixels, input }
  const continued = (network: ShippedNetwork, name: string) => {
    const architecture = requirePlain(network, name)
    const random = createRandom(config.seed).fork(`refine ${name}`)
    return { name, teacher, architecture, initial: continueNetwork(architecture, network, images, random) }
  }
  const generalist = await trainNetwork(context, {
    ...continued(networks.generalist, 'generalist'),
    members: allImages(context),
    outsiders: outsidersOf(context, [], config.generalist.loss),
    settings: settingsOf(config.generalist, optimizer, epochs),
    seed: config.seed + 1,
  })
  const partitions: TrainedNetworks['partitions'][number][] = []
  for (const [index, partition] of networks.partitions.entries()) {
    const head: PartitionHead | undefined = partition.head
    if (head === undefined)
      throw new CacheNetError(
        'config-invalid',
        'Partitions without a head of their own cannot be trained on.',
        {
          partition: partitionId(index),
        },
      )
    const region = { ...partition, shares: headShares(head).shares }
    partitions.push({
      ...partition,
      whole: await trainNetwork(context, {
        ...continued(partition.whole, partitionId(index)),
        ...lessonsOf(context, region, index),
        settings: settingsOf(config.partition, optimizer, epochs),
        seed: config.seed + 2 + index,
      }),
      delta: undefined,
    })
  }
  return { ...networks, generalist, partitions }
}

/**
 * Trains the generalist and the partitions of a finished bundle on, each from its own weights and for the
 * same classes, under losses that may be others; then stages 5 to 7. For what a bundle should know besides,
 * such as what is none of its classes, in a part of the time that training it anew takes. Throws
 * `config-invalid` for networks that cannot be trained on, and `aborted` after a checkpoint once the signal
 * is.
 */
export async function refineBundle(
  signal: AbortSignal,
  { bundle, out, data, assignments, epochs, run: path, command, progress, signingKey }: RefinementRequest,
): Promise<{ manifest: Manifest; summary: string }> {
  const began = performance.now()
  const {
    manifest: before,
    networks,
    classPictures,
    context: opened,
  } = await openBundle(bundle, data, progress, assignments)
  const { config, dataset } = opened
  const run = await RunFolder.openOrResume(path, {
    dataset: before.dataset.kind,
    data: data ?? null,
    config: { epochs, generalist: config.generalist, partition: config.partition, augment: config.augment },
    base: { id: before.id, sha256: { generalist: before.generalist.whole.sha256 } },
    ...dataIdentity(dataset),
  })
  const context: StageContext = { ...opened, signal, run }
  const refined = await trainOn(context, networks, epochs)
  const { command: trainedBy, commit, elapsedSeconds } = before.training
  const finished = await finishBundle(context, refined, out, async () => ({
    id: before.id,
    command: trainedBy,
    commit,
    elapsedSeconds: elapsedSeconds + (performance.now() - began) / 1000,
    refinement: { command, commit: await currentCommit() },
    classPictures,
    signingKey,
  }))
  // There is nothing to go on from: refined once more, the bundle begins with other weights.
  await RunFolder.remove(path)
  return finished
}
