import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { headOf } from '../../core/bundle/manifest-networks.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { beliefRows } from '../../core/places/belief-rows.ts'
import { decodeKeptFrame } from '../../core/places/kept-frame.ts'
import type { Judgement, LearnRequest, LearnResult } from '../../core/places/learn-result.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { restoreConfig } from '../config/resolve-config.ts'
import { selectImages, splitCount, type Split } from '../data/dataset.ts'
import { drawStrangers } from '../data/strangers.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { architectureOf } from '../models/base-bundle.ts'
import { predictImages } from '../models/predict.ts'
import { readBundle } from '../models/read-bundle.ts'
import type { ShippedNetwork } from '../models/ship-network.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import { chooseNetwork } from './choose-network.ts'
import { headOfPlace, type PlaceHead } from './head-of-place.ts'
import { factorsOf, judge, type JudgedNetwork } from './judge-place.ts'
import { looksOf } from './light-of-place.ts'
import { layFrames, sharesOf, type PlaceFrames } from './place-frames.ts'
import { costOf } from './settle-network.ts'
import { sightOfPlace } from './sight-of-place.ts'
import { teachableFrames } from './teachable-frames.ts'
import { trainPlace } from './train-place.ts'

/** Shares of the frames, in their order: learned from, settled by, and, the latest, judged by. */
const [lessonShare, settleShare] = [0.6, 0.2]
/** It is published where it costs no more than so much of what the bundle has (`costOf`). */
const mostOfCost = 0.9

async function readFrames(paths: readonly string[], manifest: Manifest): Promise<PlaceFrames> {
  const kept = []
  // A file may have been forgotten since it was listed.
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => undefined)
    if (bytes !== undefined) kept.push(decodeKeptFrame(bytes))
  }
  return layFrames(kept, manifest.input, manifest.classNames.length)
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)

interface Known {
  readonly index: number
  readonly judged: JudgedNetwork
  readonly network: ShippedNetwork
}

/** What the bundle has for this place already: what was learned of it before, or what knows its classes. */
function knownPartition(
  { manifest, networks }: { manifest: Manifest; networks: TrainedNetworks },
  place: string,
  replaces: number | undefined,
  frames: PlaceFrames,
): Known | undefined {
  const own = manifest.partitions.findIndex((partition) => partition.learned?.place === place)
  const index = own >= 0 ? own : replaces
  const partition = index === undefined ? undefined : manifest.partitions[index]
  const network = index === undefined ? undefined : networks.partitions[index]?.whole
  if (index === undefined || partition === undefined || network === undefined) return undefined
  const { temperature, mostStrange, learned } = partition
  const predictions = looksOf(network, manifest.input, frames.images, learned?.light)
  return { index, network, judged: { head: headOf(partition), predictions, temperature, mostStrange } }
}

const isSameHead = ({ judged }: Known, { head }: PlaceHead): boolean =>
  judged.head?.classIndices.join() === head.classIndices.join()

/**
 * Learns a partition of a place from kept frames, and says whether it is worth publishing: on the latest
 * frames, against what the bundle has, under the prior of the same scene.
 *
 * @returns the result, and the blob of the partition where it gains
 * @throws `config-invalid` where the bundle is none that places can be learned for, or frames are too few;
 * `training-diverged`, `aborted`, and what reading a bundle throws
 */
export async function learnPlace(
  signal: AbortSignal,
  request: LearnRequest,
): Promise<{ result: LearnResult; blob?: Uint8Array }> {
  const startedAt = performance.now()
  await startTrainingBackend()
  const bundle = await readBundle(request.bundle)
  const { manifest, networks } = bundle
  const architecture = architectureOf(networks.generalist.spec)
  const rows = beliefRows(manifest)
  if (architecture === undefined || rows.length === 0)
    throw new CacheNetError(
      'config-invalid',
      architecture === undefined
        ? 'The generalist of this bundle is no network that training can begin with.'
        : 'The gate of this bundle never asks a partition by what it believes of the scene.',
      { bundle: manifest.id },
    )
  const own = manifest.partitions.find(({ learned }) => learned?.place === request.place)
  const { kept, frames, place } = teachableFrames(
    bundle,
    await readFrames(request.frames, manifest),
    lessonShare,
    own?.learned?.light,
  )
  const settleFrom = Math.floor(kept.count * lessonShare)
  const judgeFrom = Math.floor(kept.count * (lessonShare + settleShare))
  const [lessons, settling, judging] = [
    range(0, settleFrom),
    range(settleFrom, judgeFrom),
    range(judgeFrom, kept.count),
  ]
  const { temperature: fullTemperature } = manifest.full
  const seen = sharesOf(frames, range(0, judgeFrom), fullTemperature)
  // What was added for this place is no partition that knew it before: its classes are counted anew.
  const asked = own?.learned?.replaced === undefined && own !== undefined ? [] : manifest.partitions
  const head = headOfPlace({ partitions: asked }, seen)
  if (head === undefined)
    throw new CacheNetError('config-invalid', 'The full model saw no class often enough there.', {})
  const known = knownPartition(bundle, request.place, head.replaces, kept)
  const { width } = manifest.input
  const drawn = drawStrangers({ kind: manifest.dataset.kind, size: width }, 'validation')
  // One half is learned from as something else, the other says from where on a picture is strange.
  const half = (parity: number): Split =>
    selectImages(
      drawn,
      range(0, splitCount(drawn)).filter((image) => image % 2 === parity),
      width,
    )
  const other = await readFrames(request.elsewhere, manifest)
  const from = known !== undefined && isSameHead(known, head) ? known : undefined
  const factors = factorsOf(head.sceneShares, manifest.scenes?.surpriseChance ?? 0.02)
  const generalist: JudgedNetwork = {
    head: undefined,
    predictions: predictImages(networks.generalist, kept.images, manifest.input),
    temperature: manifest.generalist.temperature,
    mostStrange: manifest.generalist.mostStrange,
  }
  const judgeOn = (of: readonly number[], partition: JudgedNetwork | undefined): Judgement =>
    judge(rows, partition, generalist, frames, of, factors, fullTemperature)
  const { shipped, network: learned } = await chooseNetwork({
    input: manifest.input,
    head: head.head,
    light: place?.light,
    kept: kept.images,
    frames,
    strangers: half(1),
    of: settling,
    has: from,
    judge: (candidate) => judgeOn(settling, candidate),
    train: () =>
      trainPlace(signal, {
        manifest,
        architecture,
        generalist: networks.generalist,
        config: restoreConfig(manifest.training.config),
        frames,
        lessons,
        head,
        elsewhere: other.count > 0 ? [other.images, half(0)] : [half(0)],
        threads: request.threads,
        from: from?.network,
      }),
  })
  const alone = judgeOn(judging, undefined)
  const withKnown = known === undefined ? alone : judgeOn(judging, known.judged)
  const before = costOf(withKnown) < costOf(alone) ? withKnown : alone
  const after = judgeOn(judging, learned)
  const tried = {
    before,
    after,
    frames: frames.count,
    seconds: (performance.now() - startedAt) / 1000,
  }
  const isGain = after.misses < before.misses && costOf(after) <= costOf(before) * mostOfCost
  if (!isGain) return { result: { kind: 'no-gain', ...tried } }
  const { blob } = shipped
  const { classIndices, prior } = head.head
  const sight = place === undefined ? undefined : sightOfPlace(networks, place, head.sceneShares)
  const replaced = known === undefined ? undefined : manifest.partitions[known.index]?.id
  return {
    blob,
    result: {
      kind: 'gains',
      ...tried,
      whole: { bytes: blob.byteLength, sha256: createHash('sha256').update(blob).digest('hex') },
      classIndices: [...classIndices],
      prior: [...prior],
      temperature: learned.temperature,
      ...(learned.mostStrange === undefined ? {} : { mostStrange: learned.mostStrange }),
      ...(replaced === undefined ? {} : { replaces: replaced }),
      ...(place === undefined ? {} : { light: place.light }),
      ...(sight === undefined ? {} : { sight }),
      sceneShares: [...head.sceneShares],
    },
  }
}
